"""The pictures of a training run as latents, with their words (spec 13.2)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.heed import heeding
from pipelines.contract.limits import WorkLimits, check_picture
from pipelines.contract.training import TrainingPictures
from pipelines.families.model import LoadedModel
from pipelines.families.placement import VAE
from pipelines.pictures.decode import decode_picture
from pipelines.pictures.reading.opening import open_picture
from pipelines.training.chance import Chance
from pipelines.training.sizes import fit_picture
from pipelines.training.words import changes_words, draw_text, words_of

FIELD = "pictures.folder"
ALPHA_MODES = ("RGBA", "LA", "PA", "RGBa", "La")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPicture:
    """One picture. ``mean`` and ``spread`` (1, C, h, w) of its latents, before scaling.

    ``latent`` (C, h, w), scaled, where it is drawn once; ``weight`` (h, w) of its places, None for all
    alike; ``text`` where it is drawn once.
    """

    words: str
    mean: Tensor
    spread: Tensor
    latent: Tensor | None
    weight: Tensor | None
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingBatch:
    """Pictures that are trained together: ``latents`` (B, C, h, w), ``weights`` (B, 1, h, w) or None."""

    latents: Tensor
    texts: tuple[str, ...]
    weights: Tensor | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """All pictures of a run. ``name`` takes the place of ``[name]`` in a template."""

    pictures: tuple[TrainingPicture, ...]
    plan: TrainingPictures
    name: str

    @property
    def sizes(self) -> tuple[torch.Size, ...]:
        """Height and width of every picture's latents, in cells."""
        return tuple(picture.mean.shape[-2:] for picture in self.pictures)

    def largest(self, cell: int) -> tuple[int, int]:
        """Return width and height in pixels of the picture with the most of them."""
        height, width = max(self.sizes, key=lambda size: size[0] * size[1])
        return width * cell, height * cell

    def batch(self, indices: list[int], model: LoadedModel, chance: Chance) -> TrainingBatch:
        """Collect pictures by their numbers; latents and words that aren't fixed are drawn here."""
        rows = [self._look(self.pictures[index], model, chance) for index in indices]
        weights = [picture.weight for picture in map(self.pictures.__getitem__, indices)]
        known = [weight for weight in weights if weight is not None]
        return TrainingBatch(
            latents=torch.stack([latent for latent, _ in rows]),
            texts=tuple(text for _, text in rows),
            weights=torch.stack(known)[:, None] if len(known) == len(weights) else None,
        )

    def _look(self, picture: TrainingPicture, model: LoadedModel, chance: Chance) -> tuple[Tensor, str]:
        text = picture.text
        if text is None:
            text = draw_text(picture.words, self.name, self.plan, chance.random)
        latent = picture.latent
        return (_drawn(picture.mean, picture.spread, model, chance) if latent is None else latent), text


def read_dataset(
    plan: TrainingPictures, model: LoadedModel, chance: Chance, *, name: str, limits: WorkLimits
) -> Dataset:
    """Read and encode the pictures of a folder, in the order of its listing; other files are left out.

    Raises InvalidRequest if none is left, or for one that keeps a size beyond the limits.
    """
    model.require(VAE)
    pictures = tuple(_read(plan, model, chance, name, limits))
    if not pictures:
        raise InvalidRequest("No images have been found in the dataset.", field=FIELD)
    return Dataset(pictures=pictures, plan=plan, name=name)


def _read(
    plan: TrainingPictures, model: LoadedModel, chance: Chance, name: str, limits: WorkLimits
) -> Iterator[TrainingPicture]:
    for picture, words in heeding(_sources(plan)):
        try:
            colours = fit_picture(picture.convert("RGB"), plan)
        except ValueError:  # no size that a picture can have
            continue
        if plan.varsize:
            check_picture("pictures.varsize", *colours.size, limits)
        mean, spread = _posterior(colours, plan, model)
        latent = None if plan.latents == "random" else _drawn(mean, spread, model, chance)
        yield TrainingPicture(
            words=words,
            mean=mean,
            spread=spread,
            latent=latent,
            weight=_weight(picture, mean) if plan.use_weight else None,
            text=None if changes_words(plan) else draw_text(words, name, plan, chance.random),
        )


def _sources(plan: TrainingPictures) -> Iterator[tuple[Image.Image, str]]:
    """Pictures with their words: those of the request, else those of the folder."""
    for number, upload in enumerate(plan.uploads):
        yield decode_picture(upload.image, field=f"pictures.uploads.{number}"), upload.words
    if plan.uploads:
        return
    folder = Path(plan.folder)
    for file in os.listdir(folder):
        if not os.path.isfile(folder / file):  # a pipe would be waited for
            continue
        try:
            picture = open_picture(folder / file)
        except (OSError, ValueError):  # texts and the like
            continue
        yield picture, words_of(folder / file, plan)


def _posterior(colours: Image.Image, plan: TrainingPictures, model: LoadedModel) -> tuple[Tensor, Tensor]:
    pixels = np.asarray(colours, dtype=np.float32) / 255.0
    mean, logvar = model.codec.posterior(torch.from_numpy(pixels).permute(2, 0, 1)[None])
    spread = torch.exp(logvar / 2)
    return mean, torch.zeros_like(spread) if plan.latents == "deterministic" else spread


def _drawn(mean: Tensor, spread: Tensor, model: LoadedModel, chance: Chance) -> Tensor:
    """(C, h, w) in fp32, scaled."""
    noise = chance.noise(mean.shape).to(mean.device)
    return model.codec.scaled(mean + spread * noise)[0].float()


def _weight(picture: Image.Image, mean: Tensor) -> Tensor:
    """Return alpha at the size of the latents, (h, w): least value 0, mean 1; ones without alpha."""
    height, width = mean.shape[-2:]
    if picture.mode not in ALPHA_MODES:
        return mean.new_ones((height, width)).float()
    alpha = picture.getchannel("A").resize((width, height))
    values = torch.from_numpy(np.asarray(alpha, dtype=np.float32).copy())
    values = values - values.min()
    return (values / values.mean() if bool(values.mean() > 0) else torch.ones_like(values)).to(mean.device)
