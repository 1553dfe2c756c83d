"""An interaction's further messages of pictures: no picture twice, wherever a crash cuts in."""

from dataclasses import replace

import pytest

from bot.jobs.parcels import Parcel, Ready
from bot.settings import Settings
from sandbox.endpoint import SandboxEndpoint
from tests.on_the_wire import on_the_wire


async def test_they_are_filled_and_never_sent_again(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, endpoint: SandboxEndpoint
) -> None:
    """The second parcel is posted twice, as after a crash: one message carries it."""
    async with on_the_wire(monkeypatch, settings, endpoint) as town:
        asking = await town.imagine("a red fox")
        await town.says(asking, "Done")
        job = await town.app.jobs.job(town.pictures[0].split("-")[1])
        file = settings.easel_data_dir / "more.jpg"
        file.write_bytes(next(endpoint.gallery.folder.iterdir()).read_bytes())
        parcel = Parcel(1, (Ready(7, file, 1024, 1024, file.stat().st_size, "jpeg"),))
        place = {**job.place, "token": f"token-{asking.id}", "posts": "interaction"}
        posts = [
            await town.bot.deliver_with.post(replace(job, place=place), parcel, faults=(), maybe_there=again)
            for again in (False, True)
        ]
        [carrying] = town.wire.carrying(f"easel-{job.id}-7.jpg")
        assert {str(post.message_id) for post in posts} == {carrying.id}
        assert sum("More of" in one.text for one in town.wire.kept.values()) == 1
        hidden = replace(job, private=True, place={**place, "private": True})
        await town.bot.deliver_with.post(hidden, replace(parcel, number=2), faults=(), maybe_there=False)
        begun = [one.private for one in town.wire.kept.values() if "More of" in one.text]
        assert begun == [False, True]  # of what is private, the further ones are for who asked alone, too
