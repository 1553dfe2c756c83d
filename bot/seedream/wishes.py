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

    def request(
        self, catalogue: Catalogue, defaults: Defaults, references: tuple[Reference, ...] = ()
    ) -> ImageRequest:
        """The request these wishes make. Raises a BadRequest where they cannot be."""
        if self.size_exact is not None and self.size is not None:
            raise errors.SizeChosenTwice(other=f"the size {self.size}")
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


def _usual_size(model: Model, defaults: Defaults, aspect: str | None) -> str:
    """The default size, or the model's own first one where it does not make that."""
    exact = "x" in defaults.size
    fits = defaults.size in model.presets or (exact and aspect is None and model.id == defaults.model)
    return defaults.size if fits else next(iter(model.presets))


def _usual_format(model: Model, defaults: Defaults) -> str | None:
    """The default format, unsaid where the model makes JPEG only and knows no such field."""
    return defaults.output_format if len(model.formats) > 1 else None
