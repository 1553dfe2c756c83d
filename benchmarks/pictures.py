"""Real JPEGs of a given weight, made before the clock runs."""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

_SIDE, _SMALL_SIDE = 2048, 256
_MOST_NOISE = 300


@dataclass(frozen=True)
class Prepared:
    """A picture on disk, and its hash, by which it is known when it comes back."""

    path: Path
    sha256: str


def prepare(folder: Path, megabytes: float, count: int = 3) -> list[Prepared]:
    """Write pictures of about that weight, no two of them the same."""
    side = _SIDE if megabytes >= 1 else _SMALL_SIDE
    noise = _noise_for(int(megabytes * 1e6), side)
    made = []
    for number in range(count):
        data = _encoded(noise, side)
        path = folder / f"{megabytes}-{number}.jpeg"
        path.write_bytes(data)
        made.append(Prepared(path, hashlib.sha256(data).hexdigest()))
    return made


def _noise_for(wanted: int, side: int) -> int:
    """More noise is more bytes: halved until nothing is left between."""
    low, high = 0, _MOST_NOISE
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if len(_encoded(middle, side)) > wanted else (middle, high)
    return low


def _encoded(noise: int, side: int) -> bytes:
    buffer = io.BytesIO()
    bands = [Image.effect_noise((side, side), noise) for _ in range(3)]
    Image.merge("RGB", bands).save(buffer, "JPEG", quality=90, subsampling=0)
    return buffer.getvalue()
