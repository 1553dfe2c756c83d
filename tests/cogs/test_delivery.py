"""What becomes of pictures and failures when the endpoint or Discord is in trouble."""

import discord
import pytest

from sandbox.endpoint import SandboxEndpoint
from tests.conftest import Studio, settings_for, shown, studio_with, until
from tests.sandbox.endpoint_caller import flat


async def ask(studio: Studio, prompt: str = "a red fox", **options: object):
    return await studio.alice.slash(studio.channel, "imagine", prompt=prompt, **options)


FAULTS = (
    ("moderation-prompt", "declined this prompt"),
    ("moderation-image", "declined a reference picture"),
    ("moderation-result", "held the finished picture back"),
    ("400", "can't make this as asked"),
    ("401", "whoever runs me has been told"),
    ("403", "whoever runs me has been told"),
    ("404", "doesn't offer"),
    ("429:0", "swamped"),
    ("429-quota", "whoever runs me has been told"),
    ("500", "I don't know whether it finished"),
    ("500-invalid", "can't make this as asked"),
    ("503", "I don't know whether it finished"),
    ("503-model", "doesn't offer"),
    ("504", "I don't know whether it finished"),
    ("524", "I don't know whether it finished"),
    ("cut", "I don't know whether it finished"),
    ("cut-answer", "I don't know whether it finished"),
    ("html", "whoever runs me has been told"),
    ("redirect", "whoever runs me has been told"),
    ("nested", "declined this prompt"),
    ("error-200", "could not do this just now"),
    ("empty", "sent no picture back"),
    ("link-expired", "link did not work"),
    ("link-404", "link did not work"),
)


async def test_every_fault_gets_one_true_sentence_on_the_panel(tmp_path, endpoint: SandboxEndpoint) -> None:
    settings = settings_for(
        tmp_path, endpoint, easel_max_concurrent_per_user=20, easel_max_waiting_per_user=50
    )
    async with studio_with(settings, endpoint) as studio:
        asked = [
            (sentence, prompt := f"a red fox [[fault:{fault}]]", await ask(studio, prompt))
            for fault, sentence in FAULTS
        ]
        await studio.jobs_end()
        said = [(sentence, prompt, shown(result.response.message)) for sentence, prompt, result in asked]
        assert [one for one in said if one[0] not in one[2]] == []
        assert [one for one in said if one[1] not in one[2]] == []  # what was typed, to be taken up again
        assert [one for one in said if endpoint.key in one[2]] == []
        assert studio.posted() == []


@pytest.mark.parametrize("fault", ["429-once:0", "link-cut-once", "link-redirect", "times-sign", "extra"])
async def test_what_passes_is_not_even_told(studio: Studio, fault: str) -> None:
    await ask(studio, f"a red fox [[fault:{fault}]]")
    await studio.jobs_end()
    assert len(studio.posted()[0].attachments) == 1
    assert sum(call.made for call in studio.endpoint.calls) == 1


async def test_a_link_into_a_private_network_is_not_followed(tmp_path, endpoint: SandboxEndpoint) -> None:
    settings = settings_for(tmp_path, endpoint, easel_allow_private_hosts=False)
    async with studio_with(settings, endpoint) as studio:
        result = await ask(studio)
        await studio.jobs_end()
        assert "led somewhere I must not go" in shown(result.response.message)
        assert endpoint.gallery.visits == 0


async def test_variations_that_came_are_posted_though_others_did_not(tmp_path) -> None:
    async with (
        SandboxEndpoint(paint=flat) as endpoint,
        studio_with(settings_for(tmp_path, endpoint), endpoint) as studio,
    ):
        # The first POST of this prompt is told «too fast»; with a single attempt that is an end.
        studio.app.core.client._again = type(studio.app.core.client._again)(attempts=1)
        await ask(studio, "a red fox [[fault:429-once:0]]", count=3)
        await studio.jobs_end()
        [message] = studio.posted()
        assert len(message.attachments) == 2
        assert "1 of 3 missing: The picture service is swamped" in shown(message)


async def test_a_picture_whose_host_is_down_comes_later(studio: Studio) -> None:
    # Two attempts each time, so this link answers at the fifth: the second wait is over then.
    await ask(studio, "a red fox [[fault:link-down:4]]")
    await studio.jobs_end()
    [message] = studio.posted()
    assert len(message.attachments) == 1
    assert len(studio.endpoint.calls) == 1


async def test_a_picture_that_is_very_late_is_posted_behind_the_others(studio: Studio) -> None:
    late = {"count": 0}
    picture_of = studio.endpoint.picture

    async def one_is_late(turn, index, link):  # the stand-in's own seam: which link a picture gets
        late["count"] += 1
        return await picture_of(turn, index, "down:11" if late["count"] == 1 else link)

    studio.endpoint.picture = one_is_late
    result = await ask(studio, count=2)
    await studio.jobs_end()
    first, second = studio.posted()
    assert len(first.attachments) == len(second.attachments) == 1
    assert "More of «a red fox»" in shown(second)
    assert shown(result.response.message).count("See it here") == 2


async def test_a_picture_that_never_comes_is_told(studio: Studio) -> None:
    result = await ask(studio, "a red fox [[fault:link-down:99]]")
    await studio.jobs_end()
    assert "could not be fetched" in shown(result.response.message)
    assert studio.posted() == []


async def test_a_spoilt_picture_takes_no_other_with_it(tmp_path) -> None:
    painted = []

    def one_spoilt(*what: object, **how: object) -> bytes:
        painted.append(what)
        return b"no picture" if len(painted) == 1 else flat(*what, **how)

    async with SandboxEndpoint(paint=one_spoilt) as endpoint:
        settings = settings_for(tmp_path, endpoint, easel_response_format="b64_json")
        async with studio_with(settings, endpoint) as studio:
            await ask(studio, count=2)
            await studio.jobs_end()
            [message] = studio.posted()
            assert len(message.attachments) == 1
            assert "1 of 2 missing: A finished picture arrived damaged" in shown(message)


def close(studio: Studio, path: str, status: int, code: int) -> None:
    studio.env.inject_error("POST", path, status=status, code=code, times=None)


class TestDiscordInTrouble:
    async def test_a_failed_post_comes_later_and_once(self, studio: Studio) -> None:
        studio.env.inject_error("POST", "/channels/*/messages", status=500)
        await ask(studio)
        await studio.jobs_end()
        assert len(studio.posted()) == 1
        assert len(studio.endpoint.calls) == 1

    @pytest.mark.parametrize(("status", "code"), [(404, 10003), (403, 50013), (400, 50035)])
    async def test_a_closed_channel_leaves_the_answer_to_carry_it(
        self, studio: Studio, status: int, code: int
    ) -> None:
        close(studio, f"/channels/{studio.channel.id}/messages", status, code)
        result = await ask(studio)
        await studio.jobs_end()
        assert len(result.response.attachments) == 1
        assert "a red fox" in shown(result.response.message)
        assert studio.posted() == []

    async def test_where_the_answer_is_dead_too_it_comes_directly(self, studio: Studio) -> None:
        close(studio, f"/channels/{studio.channel.id}/messages", 403, 50013)
        studio.env.inject_error("PATCH", "/webhooks/*", status=401, code=50027, times=None)
        await ask(studio)
        await studio.jobs_end()
        [message] = studio.alice.user.dm_channel.history()
        assert len(message.attachments) == 1
        assert f"could not post this in <#{studio.channel.id}>" in shown(message)

    async def test_a_picture_nobody_takes_is_kept_and_recorded(self, studio: Studio) -> None:
        close(studio, "/channels/*/messages", 403, 50013)
        studio.env.inject_error("PATCH", "/webhooks/*", status=401, code=50027, times=None)
        await ask(studio)
        await studio.jobs_end()
        [folder] = [one for one in (studio.app.settings.easel_data_dir / "spool").iterdir() if one.is_dir()]
        assert (folder / "picture-0").exists()
        job = await studio.app.jobs.job(folder.name)
        assert job.fault.kind == "Undelivered"
        assert job.place["token"] == ""

    async def test_a_dead_panel_does_not_stop_the_picture(self, studio: Studio) -> None:
        studio.env.inject_error("PATCH", "/webhooks/*", status=404, code=10015, times=None)
        await ask(studio)
        await studio.jobs_end()
        assert len(studio.posted()) == 1

    async def test_a_failure_is_told_in_the_channel_when_the_panel_is_dead(self, studio: Studio) -> None:
        studio.env.inject_error("PATCH", "/webhooks/*", status=401, code=50027, times=None)
        await ask(studio, "a red fox [[fault:400]]")
        await studio.jobs_end()
        [message] = studio.posted()
        assert studio.alice.mention in shown(message)
        assert [one.id for one in message.mentions] == [studio.alice.id]
        assert "can't make this as asked" in shown(message)


class TestRestarts:
    @pytest.fixture
    async def slow(self, tmp_path):
        async with (
            SandboxEndpoint(paint=flat, latency=1.0) as endpoint,
            studio_with(settings_for(tmp_path, endpoint), endpoint) as studio,
        ):
            yield studio

    async def test_a_request_under_way_is_told_as_unknown(self, slow: Studio) -> None:
        result = await ask(slow)
        await until(lambda: slow.endpoint.open_now == 1)
        await slow.restart()
        await slow.jobs_end()
        assert "I don't know whether it finished" in shown(result.response.message)
        assert len(slow.endpoint.calls) == 1
        assert slow.posted() == []

    async def test_a_message_that_was_posted_is_found_again(self, studio: Studio) -> None:
        await ask(studio)
        await studio.jobs_end()
        [message] = studio.posted()
        [post] = await studio.app.jobs.posts(job_id_of(message))
        delivery = studio.bot.deliver_with
        job = await studio.app.jobs.job(job_id_of(message))
        found = await delivery.post(job, parcel_of(message), faults=(), maybe_there=True)
        assert found == post
        assert len(studio.posted()) == 1

    async def test_what_the_demo_of_yesterday_left_works_today(self, studio: Studio) -> None:
        await ask(studio)
        await studio.jobs_end()
        await studio.restart()
        await ask(studio, "another")
        await studio.jobs_end()
        assert len(studio.posted()) == 2


def job_id_of(message: discord.Message) -> str:
    return message.attachments[0].filename.split("-")[1]


def parcel_of(message: discord.Message):
    from pathlib import Path

    from bot.jobs.parcels import Parcel, Ready

    number = int(message.attachments[0].filename.split("-")[2].split(".")[0])
    return Parcel(0, (Ready(number, Path("gone"), 1, 1, 1, "jpeg"),))


async def test_a_message_too_large_for_discord_is_made_smaller(studio: Studio) -> None:
    studio.env.inject_error("POST", "/channels/*/messages", status=413, code=40005)
    await ask(studio)
    await studio.jobs_end()
    [message] = studio.posted()
    job = await studio.app.jobs.job(job_id_of(message))
    assert job.place["upload_limit"] < 26214400 * 3 // 4 + 1


async def test_a_bad_reference_leaves_no_public_panel_behind(studio: Studio) -> None:
    overwrite = discord.PermissionOverwrite(send_messages=False)
    channel = studio.guild.create_text_channel("quiet", overwrites={studio.guild.me: overwrite})
    result = await studio.alice.slash(channel, "imagine", prompt="a", reference1=("a.png", b"words"))
    assert result.response is None
    assert "isn't a picture" in shown(result.followups[0].message)
    assert result.followups[0].ephemeral
