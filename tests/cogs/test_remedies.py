"""What the buttons under a failure do."""

import re

import discord
import pytest
from simcord.results import InteractionResult

from bot import errors
from bot.errors import Remedy, type_of
from bot.store.records import JobState
from tests.cogs.speaking import answers, say
from tests.cogs.test_references import fields, fill
from tests.conftest import Studio, picture, shown


def said(result: InteractionResult) -> str:
    return shown(result.response.message)


def labels(result: InteractionResult) -> list[str]:
    return re.findall(r"'label': '([^']+)'", str(result.response.components))


async def fails(studio: Studio, fault: str, **options: object) -> InteractionResult:
    """A panel that tells of a failure of the endpoint's."""
    result = await studio.alice.slash(
        studio.channel, "imagine", prompt=f"a red fox [[fault:{fault}]]", **options
    )
    await studio.jobs_end()
    return result


@pytest.mark.parametrize(
    ("fault", "options", "expected"),
    [
        ("moderation-prompt", {}, ["Edit prompt"]),
        ("moderation-image", {"reference1": ("den.png", picture())}, ["Without references", "Edit prompt"]),
        ("moderation-result", {}, ["Edit prompt", "Try again"]),
        ("400", {}, ["Edit prompt"]),
        ("401", {}, ["Try again"]),
        ("503-model", {}, ["Edit prompt", "Try again"]),
        ("429:0", {}, ["Try again"]),
        ("500", {}, ["Try again"]),
        ("empty", {}, ["Try again", "Edit prompt"]),
        ("link-404", {}, ["Try again"]),
    ],
)
async def test_each_failure_has_the_button_that_helps(
    studio: Studio, fault: str, options: dict[str, object], expected: list[str]
) -> None:
    assert labels(await fails(studio, fault, **options)) == expected


async def test_try_again_makes_one_more_job_however_often_it_is_pressed(studio: Studio) -> None:
    result = await fails(studio, "500", aspect="16:9", seed=7)
    [first] = studio.endpoint.calls
    studio.endpoint.calls.clear()
    before = result.response.message
    await studio.alice.click(before, label="Try again")
    await studio.jobs_end()
    [again] = studio.endpoint.calls
    assert again.fields == first.fields
    assert "I don't know whether it finished" in said(result)
    # The panel became the new job's; the old button is pressed once more, as from another device.
    job_id = re.findall(r"easel:again:(\w+)", str(before.components))[0]
    old = await studio.app.jobs.job(job_id)
    assert (await studio.app.jobs.job(old.again_id)).state is JobState.UNKNOWN


async def test_a_second_press_on_the_same_failure_buys_nothing(studio: Studio) -> None:
    asked = await say(studio, f"<@{studio.bot.user.id}> a fox [[fault:500]]")
    [failure] = await answers(studio, [])
    assert failure.reference.message_id == asked.id
    denied = await studio.bob.click(failure, label="Try again")
    assert "for the one who asked" in said(denied)
    first = await studio.alice.click(failure, label="Try again")
    assert first.ephemeral
    await studio.jobs_end()
    second = await studio.alice.click(failure, label="Try again")
    assert "I'm already at it" in said(second)
    assert len(studio.endpoint.calls) == 2


async def test_without_references_asks_for_the_rest(studio: Studio) -> None:
    result = await fails(studio, "moderation-image", reference1=("den.png", picture()), count=2)
    studio.endpoint.calls.clear()
    await studio.alice.click(result.response.message, label="Without references")
    await studio.jobs_end()
    assert [len(call.references) for call in studio.endpoint.calls] == [0, 0]


async def test_try_again_uses_the_same_references(studio: Studio) -> None:
    result = await fails(studio, "500", reference1=("den.png", picture((70, 50))))
    studio.endpoint.calls.clear()
    await studio.alice.click(result.response.message, label="Try again")
    await studio.jobs_end()
    assert [one.size for one in studio.endpoint.calls[0].references] == [(70, 50)]


async def test_edit_prompt_opens_the_form_filled_in(studio: Studio) -> None:
    result = await fails(studio, "moderation-prompt", aspect="16:9", reference1=("den.png", picture()))
    studio.endpoint.calls.clear()
    form = await studio.alice.click(result.response.message, label="Edit prompt")
    assert form.modal["title"] == "Edit and try again"
    assert "a red fox [[fault:moderation-prompt]]" in str(form.modal)
    assert "the picture you chose" in str(form.modal)
    assert re.search(r"'16:9', 'value': '16:9', 'default': True", str(form.modal))
    await fill(studio, form, "a kind fox", aspect=["16:9"])
    await studio.jobs_end()
    [call] = studio.endpoint.calls
    assert (call.fields["prompt"], call.fields["size"]) == ("a kind fox", "1312x736")
    assert len(call.references) == 1
    assert "Done" in said(result)  # the panel that told of the failure tells of the new job
    assert len(studio.posted()) == 1


async def test_what_cannot_be_asked_is_edited_too(studio: Studio) -> None:
    refused = await studio.alice.slash(
        studio.channel, "imagine", prompt="a fox", size="2K", size_exact="2048x2048"
    )
    assert "You picked an exact size" in said(refused)
    assert labels(refused) == ["Edit prompt"]
    await say(studio, f"<@{studio.bot.user.id}> a fox --aspekt 16:9")
    [refusal] = studio.posted()
    form = await studio.alice.click(refusal, label="Edit prompt")
    assert "a fox --aspekt 16:9" in str(form.modal)
    await studio.alice.submit_modal(form, {fields(form)["What to paint"]: "a fox --aspect 16:9"})
    await studio.jobs_end()
    [call] = studio.endpoint.calls
    assert (call.fields["prompt"], call.fields["size"]) == ("a fox", "1312x736")


async def test_only_the_picture_at_fault_is_left_out_of_the_form(studio: Studio) -> None:
    refused = await studio.alice.slash(
        studio.channel,
        "imagine",
        prompt="like image 1",
        reference1=("good.png", picture((70, 50))),
        reference2=("bad.png", b"no picture"),
    )
    form = await studio.alice.click(refused.response.message, label="Edit prompt")
    assert "A picture is left out; one stays and comes first" in str(form.modal)
    await fill(studio, form, "like image 1")
    await studio.jobs_end()
    assert [one.size for one in studio.endpoint.calls[0].references] == [(70, 50)]


async def test_a_prompt_that_is_too_long_fits_the_form_all_the_same(studio: Studio) -> None:
    refused = await studio.alice.slash(studio.channel, "imagine", prompt="x" * 5000)
    form = await studio.alice.click(refused.response.message, label="Edit prompt")
    prompt = form.modal["components"][0]["component"]
    assert len(prompt["value"]) == prompt["max_length"] == 4000


async def test_a_failure_is_counted_once_however_often_telling_it_is_tried(studio: Studio) -> None:
    studio.env.inject_error("PATCH", "/webhooks/*", status=503, code=0, times=3)
    await fails(studio, "400")
    counted = studio.app.metrics.text({}).decode()
    assert 'easel_jobs_ended_total{end="failed"} 1.0' in counted


async def test_a_form_that_is_not_understood_is_offered_again(studio: Studio) -> None:
    form = await studio.alice.slash(studio.channel, "compose")
    refused = await studio.alice.submit_modal(form, {fields(form)["What to paint"]: "a fox --aspekt 16:9"})
    assert "Did you mean --aspect" in said(refused)
    form = await studio.alice.click(refused.response.message, label="Edit prompt")
    assert "a fox --aspekt 16:9" in str(form.modal)


async def test_after_a_restart_what_failed_is_tried_again_and_what_was_refused_is_not_known(
    studio: Studio,
) -> None:
    failed = await fails(studio, "500")
    refused = await studio.alice.slash(
        studio.channel, "imagine", prompt="a fox", size="2K", size_exact="2048x2048"
    )
    await studio.restart()
    told = await studio.alice.click(refused.response.message, label="Edit prompt")
    assert "I no longer know" in said(told)
    studio.endpoint.calls.clear()
    await studio.alice.click(failed.response.message, label="Try again")
    await studio.jobs_end()
    assert len(studio.endpoint.calls) == 1


@pytest.mark.parametrize("kind", sorted(type_of))
def test_every_error_of_the_endpoint_and_of_requests_offers_something(kind: str) -> None:
    error = type_of[kind]
    if issubclass(error, errors.EndpointError | errors.BadRequest) and error is not errors.SeveralProblems:
        assert error.remedies
        assert set(error.remedies) <= set(Remedy)


# ------------------------------------------------------------------ a part that did not come


async def a_part_fails(studio: Studio, fault: str, **options: object) -> discord.Message:
    """The message of a job of three, of which one did not come."""
    await studio.alice.slash(
        studio.channel, "imagine", prompt=f"a red fox [[fault:once:{fault}]]", count=3, **options
    )
    await studio.jobs_end()
    [message] = [one for one in studio.posted() if "1 of 3 missing" in shown(one)]
    return message


def offers(message: discord.Message) -> list[str]:
    """The buttons above those that stand under every result."""
    return re.findall(r"label='([^']+)'", str(message.components).partition("easel:anew:")[0])


@pytest.mark.parametrize(
    ("fault", "options", "expected"),
    [
        ("cut", {}, ["Try again for what is missing"]),
        ("link-404", {}, ["Try again for what is missing"]),
        ("moderation-prompt", {}, ["Edit prompt"]),
        ("moderation-result", {}, ["Try again for what is missing", "Edit prompt"]),
        (
            "moderation-image",
            {"reference1": ("den.png", picture())},
            ["Edit prompt", "Without references"],
        ),
    ],
)
async def test_what_helps_stands_under_the_pictures_that_came(
    studio: Studio, fault: str, options: dict[str, object], expected: list[str]
) -> None:
    assert offers(await a_part_fails(studio, fault, **options)) == expected


async def test_the_missing_part_is_bought_once_however_often_it_is_asked_for(studio: Studio) -> None:
    message = await a_part_fails(studio, "cut", seed=7, reference1=("den.png", picture((70, 50))))
    [lost] = [call for call in studio.endpoint.calls if call.outcome == "cut"]
    button = "Try again for what is missing"
    denied = await studio.bob.click(message, label=button)
    assert "for the one who asked" in said(denied)
    await studio.restart()
    presses = [studio.alice.click(message, label=button) for _ in range(3)]
    answered = [said(await press) for press in presses]
    await studio.jobs_end()
    [again] = studio.endpoint.calls[3:]
    assert (again.fields, [one.size for one in again.references]) == (lost.fields, [(70, 50)])
    assert sum("I'm already at it" in one for one in answered) == 2
    assert len(studio.posted()) == 2


async def test_a_picture_that_is_given_up_late_is_tried_again_alone(studio: Studio) -> None:
    asked = await studio.alice.slash(
        studio.channel, "imagine", prompt="a red fox [[fault:once:link-down:99]]", count=3
    )
    await studio.jobs_end()
    assert "however often I tried" in said(asked)
    await studio.alice.click(asked.response.message, label="Try again")
    await studio.jobs_end()
    assert len(studio.endpoint.calls) == 4


async def test_pictures_in_a_private_answer_stay_when_the_rest_is_tried_again(studio: Studio) -> None:
    studio.env.inject_error("POST", f"/channels/{studio.channel.id}/messages", status=403, code=50013)
    asked = await studio.alice.slash(
        studio.channel, "imagine", prompt="a red fox [[fault:once:cut]]", count=2
    )
    await studio.jobs_end()
    assert "1 of 2 missing" in said(asked)
    again = await studio.alice.click(asked.response.message, label="Try again for what is missing")
    await studio.jobs_end()
    assert "1 of 2 missing" in said(asked)
    assert again.response.message.id != asked.response.message.id
