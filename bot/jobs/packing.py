"""How a job's pictures go into messages: which go together, and each within the limits."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from bot import errors
from bot.errors import EaselError
from bot.jobs.parcels import Parcel, Ready, file_limit, share_out
from bot.jobs.tools import Tools, as_fault
from bot.pictures.fit import fit_in
from bot.store.records import Dossier, Picture


class Packing:
    """Makes parcels of pictures that are here."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    async def parcels(self, dossier: Dossier) -> tuple[list[Parcel], list[EaselError]]:
        """The messages still to be posted, and what is wrong with pictures that go into none.

        What went into a message that was begun stays in it.
        """
        limit = file_limit(int(dossier.job.place["upload_limit"]))
        made = [(one, await self._fitted(one, limit)) for one in dossier.left]
        here = [(one.post, ready) for one, ready in made if isinstance(ready, Ready)]
        begun = [
            Parcel(number, tuple(ready for post, ready in here if post == number))
            for number in sorted({post for post, _ in here if post is not None})
        ]
        first = 1 + max([-1, *dossier.posted, *(parcel.number for parcel in begun)])
        fresh = share_out([ready for post, ready in here if post is None], first)
        return begun + fresh, [ready for _, ready in made if isinstance(ready, EaselError)]

    async def again(self, dossier: Dossier, brought: Mapping[int, Path]) -> list[Parcel]:
        """The messages that were posted, from kept files or brought ones. Raises NoLongerKept."""
        limit = file_limit(int(dossier.job.place["upload_limit"]))
        ready: dict[int, list[Ready]] = {number: [] for number in sorted(dossier.posted)}
        for one in dossier.pictures:
            if one.fault is not None or one.post not in ready:
                continue
            path = self._tools.kept.picture(one.job_id, one.number) or brought.get(one.number)
            made = None if path is None else await self._fitted(replace(one, path=str(path)), limit)
            if not isinstance(made, Ready):
                raise errors.NoLongerKept
            ready[one.post].append(made)
        return [Parcel(number, tuple(pictures)) for number, pictures in ready.items()]

    async def _fitted(self, picture: Picture, limit: int) -> Ready | EaselError:
        """The picture within the limit; what is wrong with it, noted, where it is no picture at all."""
        assert picture.path is not None  # noqa: S101  # only collected pictures come here
        try:
            fitted = await fit_in(self._tools.painters, Path(picture.path), limit)
        except (errors.BadPicture, errors.DownloadError) as error:
            spoilt = errors.PictureSpoilt(detail=f"{error.kind} {error.detail}")
            await self._tools.store.set_picture(replace(picture, fault=as_fault(spoilt)))
            return spoilt
        return Ready.of(picture.number, fitted)
