"""Originals: the files as they came, which tell how they were made where nobody minds."""

import asyncio
import os
from concurrent.futures import Executor
from datetime import UTC, datetime
from pathlib import Path

from bot.jobs.kept import Kept
from bot.jobs.servers import Servers
from bot.pictures import label
from bot.pictures.blocks import BrokenStructureError
from bot.pictures.label import Label
from bot.seedream.catalogue import Catalogue
from bot.seedream.request import ImageRequest
from bot.store.records import Dossier
from bot.store.store import Store


class Originals:
    """Gives originals out, and tells what they would tell."""

    def __init__(
        self, store: Store, servers: Servers, kept: Kept, catalogue: Catalogue, painters: Executor
    ) -> None:
        self._store, self._servers, self._kept = store, servers, kept
        self._catalogue, self._painters = catalogue, painters

    async def get(self, job_id: str, number: int, person_id: int) -> Path | None:
        """The file of a picture for somebody, None where it is not kept, or not theirs to have.

        It is labelled with words and parameters, unless they, whoever asked for the picture, or the server's
        admins switched that off.
        """
        path = self._kept.picture(job_id, number)
        if path is None or await self._store.job(job_id) is None:
            return None
        dossier = await self._store.dossier(job_id)
        job = dossier.job
        if job.private and job.requester_id != person_id:
            return None
        if not await self._may_tell(dossier, person_id):
            return path
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._painters, _labelled, path, self.label(dossier, number))

    async def of_job(self, job_id: str, number: int | None = None) -> Label | None:
        """What a picture of a job would tell, None where there is no such job."""
        if await self._store.job(job_id) is None:
            return None
        return self.label(await self._store.dossier(job_id), number)

    def label(self, dossier: Dossier, number: int | None) -> Label:
        """What a picture tells: nothing about who asked, or where. Without a number, what all of a job's share."""
        job, request = dossier.job, ImageRequest.from_json(dossier.job.request)
        picture = next((one for one in dossier.pictures if one.number == number), None)
        call = next((one for one in dossier.calls if picture and one.number == picture.call), None)
        made = picture is not None and picture.width and picture.height
        facts = {
            "Model": self._catalogue[request.model].name,
            "Size": f"{picture.width}x{picture.height}" if picture and made else request.size,
            "Seed": call.seed if call is not None else request.seed,
            "Guidance scale": request.guidance_scale,
            "Style": job.style,
            "References": len(request.references) or None,
            "Watermark": None if request.watermark is None else ("yes" if request.watermark else "no"),
            "Date": datetime.fromtimestamp(job.created_at, UTC).strftime("%Y-%m-%d"),
        }
        told = {name: str(value) for name, value in facts.items() if value is not None}
        return Label(request.prompt, told, label.TOOL)

    async def _may_tell(self, dossier: Dossier, person_id: int) -> bool:
        job = dossier.job
        if job.guild_id is not None and not (await self._servers.get(job.guild_id)).labels:
            return False
        people = [await self._store.person(one) for one in {job.requester_id, person_id}]
        return all(person.labels for person in people)


def _labelled(path: Path, told: Label) -> Path:
    """A labelled copy beside the file; the folder stays as old as it was, for it is kept by its age."""
    made, folder = path.with_name(f"{path.name}.labelled"), path.parent
    before = folder.stat()
    try:
        content = label.labelled(path.read_bytes(), told)
    except BrokenStructureError:
        return path  # it was shown all the same
    partly = made.with_suffix(f".{os.getpid()}")
    partly.write_bytes(content)
    partly.replace(made)
    os.utime(folder, (before.st_atime, before.st_mtime))
    return made
