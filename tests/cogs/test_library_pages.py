"""`/history`, `/favourites` and `/again`: pages, what is opened from them, and what becomes of it."""

import asyncio
import io
import re
import time
from collections.abc import Sequence
from dataclasses import replace

import discord
import pytest
from PIL import Image
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from bot.store.records import Job, JobState, Picture, Post, Terms
from cogs.library._look import Look
from tests.conftest import Studio, picture, shown, texts
from tests.cogs.settings_panel import set_

FOUR = "doubao-seedream-4-0-250828"
PLACE = {
    "posts": "channel",
    "channel_id": 1,
    "upload_limit": 10_000_000,
    "notes": [],
}


class Shelf:
    """Writes finished jobs down, with the files of their pictures."""

    def __init__(self, studio: Studio) -> None:
        self.studio, self._count = studio, 0

    async def put(self, prompt: str, *, pictures: int = 1, kept: bool = True, **fields: object) -> str:
        studio, self._count = self.studio, self._count + 1
        request = {
            **{"model": FOUR, "prompt": prompt, "size": "1024x1024", "references": [], "watermark": None},
            **{"guidance_scale": None, "seed": None, "output_format": None, "response_format": "url", "pictures": 1},
        }
        job = Job(
            **{
                **{"id": f"shelf{self._count:011}", "state": JobState.WAITING, "requester_id": studio.alice.id},
                **{"guild_id": studio.guild.id, "channel_id": studio.channel.id, "origin_id": self._count},
                **{"place": PLACE, "request": request, "count": pictures},
                **{"created_at": time.time() - 100_000 + self._count, "pictures": pictures},
                **fields,
            }
        )
        store = studio.app.store
        await store.add_job(job, [None] * pictures, Terms(10_000))
        for number in range(pictures):
            await store.mark_sent((await store.calls(job.id))[number])
            one = Picture(job.id, 100 * number, number, url="https://x.invalid", width=64, height=48)
            await store.keep_answer((await store.calls(job.id))[number], [one], 1)
            file = studio.app.settings.easel_data_dir / "spool" / job.id / f"picture-{100 * number}"
            if kept:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(picture(colour=("teal", "tomato", "gold")[number % 3]))
            await store.set_picture(replace(one, path=str(file), post=0))
        await store.begin_post(job.id, 0)
        await store.keep_post(Post(job.id, 0, job.channel_id, self._count))
        return job.id


@pytest.fixture
def shelf(studio: Studio) -> Shelf:
    return Shelf(studio)


def said(result: InteractionResult) -> str:
    return shown(result.response.message)


def numbers(result: InteractionResult) -> list[str]:
    return re.findall(r"^\*\*\d+\*\* (.*?) · <t:", said(result), re.MULTILINE)


async def test_a_page_shows_the_newest_and_leads_to_all_the_others(studio: Studio, shelf: Shelf) -> None:
    ids = [await shelf.put(f"fox {number}") for number in range(20)]
    told = await studio.alice.slash(studio.channel, "history")
    assert told.ephemeral
    print(said(told))
    assert numbers(told) == [f"fox {number}" for number in range(19, 10, -1)]
