"""What a person chose, and the request it becomes."""

from dataclasses import dataclass, replace
from typing import Self

from bot import errors
from bot.seedream.catalogue import Catalogue, Model, Size
from bot.seedream.request import ImageRequest, Reference, ResponseFormat, parse_size, ratio_of


@dataclass(frozen=True)
class Defaults:
    """What a request gets where the person chose nothing."""

    model: str
    size: str
    watermark: bool
    output_format: str
    response_format: ResponseFormat
    aspect: str | None = None
    """Without one, a preset takes its ratio from the prompt's words."""


@dataclass(frozen=True)
class Wishes:
    """What a person chose; None where they left it to Easel."""

    prompt: str
    aspect: str | None = None
    size: str | None = None
    size_exact: str | None = None
    model: str | None = None
    count: int = 1
    format: str | None = None
    watermark: bool | None = None
    guidance_scale: float | None = None
    seed: int | None = None
    pictures: int = 1
    """Over 1, of a set that belongs together; the model may make fewer."""

    @classmethod
    def of(cls, request: ImageRequest, model: Model, made: Size | None = None) -> Self:
        """What may be kept of a request for one that grows out of it: its shape, model and file.

        `made` is the size of the picture that came: of a preset without a ratio, only it knows the shape.
        """
        kept = cls(
            "",
            model=request.model,
            format=request.output_format if len(model.formats) > 1 else None,
            watermark=request.watermark,
        )
        exact = parse_size(request.size)
        if exact is None:
            aspect = ratio_of(made) if made else None
            if made and aspect is None and model.makes(made):
                return replace(kept, size_exact="{}x{}".format(*made))
            return replace(kept, size=request.size, aspect=aspect)
        for preset, sizes in model.presets.items():
            for aspect, size in sizes.items():
                if size == exact:
                    return replace(kept, size=preset, aspect=aspect)
        return replace(kept, size_exact=request.size)

    def for_model(self, model: Model) -> Self:
        """These wishes without those of shape and file that another model does not offer."""
        exact = parse_size(self.size_exact or "")
        fits = exact is not None and model.makes(exact)
        return replace(
            self,
            model=model.id,
            aspect=self.aspect if exact is None or fits else self.aspect or ratio_of(exact),
            size=self.size if self.size in model.presets else None,
            size_exact=self.size_exact if fits else None,
            format=self.format if self.format in model.formats and len(model.formats) > 1 else None,
        )

    def enlarged(self, model: Model, made: Size) -> Self:
        """These wishes for a picture of the same shape, as large as the model makes it. Raises AlreadyLargest."""
        preset = list(model.presets)[-1]
        aspect = ratio_of(made)
        largest = model.presets[preset][aspect] if aspect else _scaled(made, model.pixels[1])
        if made[0] * made[1] >= _AS_LARGE * largest[0] * largest[1]:
            raise errors.AlreadyLargest(size="{} × {}".format(*made), model=model.name)
        if aspect:
            return replace(self, size=preset, aspect=aspect, size_exact=None)
        return replace(self, size=None, aspect=None, size_exact="{}x{}".format(*largest))

    def over(self, others: "Wishes") -> Self:
        """These wishes, and where they leave something open, what the others say and does not contradict them."""
        aspect, size, exact = self._shape_over(others)
        return replace(
            self,
            aspect=aspect,
            size=size,
            size_exact=exact,
            model=self.model or others.model,
            format=self.format or others.format,
            watermark=others.watermark if self.watermark is None else self.watermark,
            guidance_scale=others.guidance_scale if self.guidance_scale is None else self.guidance_scale,
            seed=others.seed if self.seed is None else self.seed,
        )

    def _shape_over(self, others: "Wishes") -> tuple[str | None, str | None, str | None]:
        """Ratio, preset and exact size."""
        if self.size_exact is not None:
            return self.aspect, self.size, self.size_exact  # two of them together are refused by the request
        if self.size is None and self.aspect is None:
            return others.aspect, others.size, others.size_exact
        if others.size_exact is not None:
            return self.aspect or ratio_of(parse_size(others.size_exact) or (0, 0)), self.size, None
        return self.aspect or others.aspect, self.size or others.size, None

    def request(
        self, catalogue: Catalogue, defaults: Defaults, references: tuple[Reference, ...] = ()
    ) -> ImageRequest:
        """The request these wishes make. Raises a BadRequest where they cannot be."""
        if self.size_exact is not None and self.size is not None:
            raise errors.SizeChosenTwice(size=self.size)
        model = catalogue[self.model or defaults.model]
        aspect = self.aspect or (None if self.size_exact else defaults.aspect)
        return ImageRequest.checked(
            model,
            aspect=aspect,
            prompt=self.prompt,
            size=self.size_exact or self.size or _usual_size(model, defaults, aspect),
            references=references,
            pictures=self.pictures,
            watermark=defaults.watermark if self.watermark is None else self.watermark,
            guidance_scale=self.guidance_scale,
            seed=self.seed,
            output_format=self.format or _usual_format(model, defaults),
            response_format=defaults.response_format,
        )


_AS_LARGE = 0.97
"""A picture of so much of the largest one's pixels cannot be told from it."""
_STEP = 16
"""Sides are multiples of this, as in the vendor's tables."""


def _scaled(size: Size, pixels: int) -> Size:
    """The largest size of the same shape that has no more pixels."""
    factor = (pixels / (size[0] * size[1])) ** 0.5
    width, height = (max(int(side * factor) // _STEP * _STEP, _STEP) for side in size)
    return width, height


def _usual_size(model: Model, defaults: Defaults, aspect: str | None) -> str:
    """The default size, or the model's own first one where it does not make that."""
    exact = "x" in defaults.size
    fits = defaults.size in model.presets or (exact and aspect is None and model.id == defaults.model)
    return defaults.size if fits else next(iter(model.presets))


def _usual_format(model: Model, defaults: Defaults) -> str | None:
    """The default format, unsaid where the model makes JPEG only and knows no such field."""
    return defaults.output_format if len(model.formats) > 1 else None
