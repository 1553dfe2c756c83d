"""«Use picture…»: each deed, on the only picture and on one of several, before and after a restart."""

import io

import pytest
from PIL import Image

from bot.settings import Settings
from bot.store.records import How
from sandbox.endpoint import SandboxEndpoint
from tests.cogs.result_buttons import current, heard, ids, origin, press, untouched, use
from tests.cogs.speaking import painted
from tests.cogs.test_references import fields
from tests.conftest import Studio, settings_for, studio_with, texts

GONE = "I no longer have that picture"


async def test_the_only_picture_is_varied_and_painted_again_larger(studio: Studio) -> None:
    first = await painted(studio, aspect="16:9", reference1=("den.png", tiny()))
    parent = (await origin(studio, first)).job
    result = await use(studio.bob, first, "0:vary")
    assert result.ephemeral
    await studio.jobs_end()
    varied = studio.posted()[-1]
    [call] = studio.endpoint.calls
    assert (call.fields["prompt"], call.fields["size"]) == ("a red fox", "1312x736")
    assert [one.size for one in call.references] == [(1312, 736)]  # the picture alone
    job = (await origin(studio, varied)).job
    assert (job.how, job.parent_id, job.parent_picture) == (How.VARY, parent.id, 0)
    assert "a variation of" in texts(varied)

    await studio.restart()
    studio.endpoint.calls.clear()
    result = await use(studio.alice, current(studio, first), "0:upscale")
    await studio.jobs_end()
    [call] = studio.endpoint.calls
    assert (call.fields["size"], len(call.references)) == ("5504x3040", 1)
    larger = studio.posted()[-1]
    assert "painted again, larger: details may differ" in texts(larger)
    assert (await origin(studio, larger)).job.how is How.UPSCALE
    studio.endpoint.calls.clear()
    assert "5504 × 3040 is as large as Seedream 4.0 paints" in heard(
        await use(studio.bob, larger, "0:upscale")
    )
    assert not studio.endpoint.calls


async def test_of_several_one_is_chosen_first(studio: Studio) -> None:
    first = await painted(studio, count=4)
    parent = (await origin(studio, first)).job
    await studio.restart()
    panel = await use(studio.bob, current(studio, first), "200")
    assert panel.ephemeral
    assert "Picture 3" in heard(panel)
    assert "thumbnail" in str(panel.response.components) or "'type': 11" in str(panel.response.components)
    shown = panel.response.message

    form = await studio.bob.click(shown, custom_id=deed(shown, "reference"))
    assert "the picture you chose" in str(form.modal)
    await studio.bob.submit_modal(form, {fields(form)["What to paint"]: "a fox on the moon"})
    await studio.jobs_end()
    [call] = studio.endpoint.calls
    assert (call.fields["prompt"], len(call.references)) == ("a fox on the moon", 1)
    job = (await origin(studio, studio.posted()[-1])).job
    assert (job.how, job.parent_id, job.parent_picture) == (How.ASKED, parent.id, 200)

    panel = await use(studio.bob, current(studio, first), "300")
    shown = panel.response.message
    sent = await studio.bob.click(shown, custom_id=deed(shown, "original"))
    assert sent.ephemeral
    assert "The original, pixel for pixel: 1024 × 1024, JPEG" in sent.response.message.content
    [file] = sent.response.attachments
    kept = studio.app.jobs.kept.picture(parent.id, 300)
    assert untouched(await file.read(), kept)
    laid = await studio.bob.click(shown, custom_id=deed(shown, "tray"))
    assert "**@1** in your tray" in laid.response.message.content
    assert [one.name for one in await studio.app.tray.items(studio.bob.id, studio.channel.id)] == [
        f"easel-{parent.id}-300.jpg"
    ]
    await studio.bob.click(shown, custom_id=deed(shown, "vary"))
    await studio.jobs_end()
    assert (await origin(studio, studio.posted()[-1])).job.parent_picture == 300


async def test_what_is_no_longer_kept_is_taken_from_the_message_and_what_is_gone_is_said(
    studio: Studio,
) -> None:
    first = await painted(studio, count=2)
    job = (await origin(studio, first)).job
    panel = (await use(studio.bob, first, "100")).response.message
    studio.app.jobs.kept.forget(job.id)
    sent = await studio.bob.click(panel, custom_id=deed(panel, "original"))
    assert "The original is no longer kept" in sent.response.message.content
    assert Image.open(io.BytesIO(await sent.response.attachments[0].read())).size == (1024, 1024)
    await studio.bob.click(panel, custom_id=deed(panel, "vary"))
    await studio.jobs_end()
    assert len(studio.endpoint.calls[0].references) == 1

    panel = (await use(studio.bob, first, "100")).response.message
    studio.endpoint.calls.clear()
    await current(studio, first).delete()
    again = await use(studio.bob, studio.posted()[-1], "0:vary")  # the child's own file is kept
    assert GONE not in heard(again)
    await studio.jobs_end()
    for what in ("vary", "upscale", "reference", "tray", "original"):
        assert GONE in heard(await studio.bob.click(panel, custom_id=deed(panel, what)))
    assert len(studio.endpoint.calls) == 1

    form = await press(studio.alice, studio.posted()[-1], "delete")
    assert form.modal is None  # it is Bob's


@pytest.mark.parametrize("usual", ["doubao-seedream-4-0-250828", "seedream-3-0-t2i-250415"])
async def test_a_model_that_takes_no_pictures_says_so(
    tmp_path, endpoint: SandboxEndpoint, usual: str
) -> None:
    settings: Settings = settings_for(tmp_path, endpoint, easel_model=usual)
    async with studio_with(settings, endpoint) as studio:
        first = await painted(studio, model="seedream-3-0-t2i-250415", guidance_scale=3.0)
        result = await use(studio.bob, first, "0:vary")
        await studio.jobs_end()
        if usual.startswith("seedream-3"):
            assert "can't work from reference pictures" in heard(result)
            assert not studio.endpoint.calls
        else:
            [call] = studio.endpoint.calls
            assert call.fields["model"] == usual
            assert len(call.references) == 1
            assert "Seedream 3.0 can't work from pictures, so Seedream 4.0 paints this one." in heard(result)


def deed(message: object, what: str) -> str:
    return next(one for one in ids(message) if one.endswith(f":{what}"))


def tiny() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(out, "PNG")
    return out.getvalue()
