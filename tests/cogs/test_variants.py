"""Prompts with braces, as people see them: the question, the thread, the sheet."""

import io
import re

import discord
import pytest
from PIL import Image
from simcord.builders import ChannelHandle

from bot.store.batch import BatchState
from tests.cogs.speaking import say
from tests.conftest import Studio, picture, shown, texts, until

FOXES = "{red, blue} fox in {oil, ink}"


async def asks(studio: Studio, prompt: str = FOXES, **options: object) -> object:
    return await studio.alice.slash(studio.channel, "imagine", prompt=prompt, **options)


async def confirms(studio: Studio, asked: object, count: int = 4) -> object:
    return await studio.alice.click(asked.response.message, label=f"Paint all {count}")


async def all_shown(studio: Studio) -> None:
    """Wait until every batch has come to its end, and Discord has heard of it."""
    await studio.jobs_end()

    async def none_open() -> bool:
        return not await studio.app.store.open_batches()

    await until(none_open)
    await studio.jobs_end()


def threads(studio: Studio) -> list[ChannelHandle]:
    return list(studio.channel.threads())


async def test_four_prompts_in_one(studio: Studio) -> None:
    asked = await asks(studio, reference1=("den.png", picture((70, 50))))
    assert asked.ephemeral
    said = shown(asked.response.message)
    assert "4 prompts" in said
    assert "2. red fox in ink" in said
    assert studio.endpoint.calls == []
    assert studio.posted() == []

    denied = await studio.bob.click(asked.response.message, label="Paint all 4")
    assert "for the one who asked" in texts(denied.response.message)
    presses = [await confirms(studio, asked) for _ in range(2)]  # on two devices
    assert presses
    await all_shown(studio)

    assert [call.prompt for call in studio.endpoint.calls] == [
        "red fox in oil",
        "red fox in ink",
        "blue fox in oil",
        "blue fox in ink",
    ]
    assert [[one.size for one in call.references] for call in studio.endpoint.calls] == [[(70, 50)]] * 4
    [sheet] = studio.posted()
    [thread] = threads(studio)
    assert f"<#{thread.id}>" in texts(asked.response.message)
    originals = [one for one in studio.posted(thread) if one.attachments]
    assert len(originals) == 4
    assert all(one.jump_url in texts(sheet) for one in originals)
    assert "blue · ink" in shown(sheet)
    assert "4 of 4" in shown(sheet)
    [attachment] = sheet.attachments
    with Image.open(io.BytesIO(await attachment.read())) as drawn:
        assert drawn.size[0] == 2000
    folders = {path.name for path in studio.app.jobs.kept.spool.iterdir()}
    jobs = {one.job.id for one in await studio.app.store.jobs_of(_batch_of(asked))}
    assert folders == jobs  # nothing is left of the question


def _batch_of(asked: object) -> str:
    return re.search(r"batchstop:([a-z0-9]+)", str(asked.response.message.components))[1]
