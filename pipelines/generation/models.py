"""The checkpoint that a generation uses, which it may change on its way, and what is on its weights."""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeAlias

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import Tiling
from pipelines.families.model import LoadedModel
from pipelines.families.patches import NO_PATCHES, Patches

Load: TypeAlias = Callable[[str], LoadedModel]
"""The checkpoint of a file with the job's VAE. Raises SdapiError."""
Warn: TypeAlias = Callable[[str], None]


class Models:
    """One generation's hold on the models of its engine.

    Other jobs run between its steps and may put their own VAE and patches on the same weights: code
    that computes with the checkpoint outside a model call takes it by ``lease``.
    """

    def __init__(self, load: Load, warn: Warn, path: str, *, tiling: Tiling) -> None:
        self._load = load
        self._warn = warn
        self._current = load(path)
        self._patches: Patches | None = None
        self._tiling: Tiling = tiling
        self._shapes_attention = True

    @property
    def current(self) -> LoadedModel:
        """The checkpoint in use, for its facts; see ``lease`` for its weights."""
        return self._current

    @property
    def tiling(self) -> Tiling:
        """The axes along which convolutions wrap around; a change of checkpoint ends it, as in A1111."""
        return self._tiling

    @property
    def shapes_attention(self) -> bool:
        """True if the network in use merges tokens and tiles attention as options say."""
        return self._shapes_attention

    @contextmanager
    def lease(self) -> Generator[LoadedModel, None, None]:
        """Yield the checkpoint in use with this job's VAE and patches on, while the block lasts.

        No step of work may be yielded within: RuntimeError if another job changed the weights meanwhile.
        """
        model = self._load(str(self._current.path))
        patches = self._patches or Patches(tiling=self._tiling)
        self.put_on(model, patches)
        self._current = model
        yield model
        if model.patches != patches:
            raise RuntimeError(f"the weights of {model.name} were changed while they were leased")

    def put_on(self, model: LoadedModel, patches: Patches) -> None:
        """Put patches on a model, and warn of those without effect."""
        for warning in model.apply(patches):
            self._warn(warning)

    def keep(self, model: LoadedModel, patches: Patches) -> None:
        """Go on with the model and patches that a pass ended with."""
        self._current, self._patches = model, patches

    def use(self, path: str) -> None:
        """Make a file the checkpoint in use before a pass. Raises SdapiError."""
        former = self._current
        self._current = self.change(path)
        if self._current.path != former.path:
            patches = self._patches or NO_PATCHES
            self._patches = replace(patches, tiling=False, networks=(), hypernetworks=())

    def change(self, path: str) -> LoadedModel:
        """Load what takes the place of the checkpoint in use, and note what ends with it. Raises SdapiError.

        In A1111 tiling ends with the first change of weights. Weights of another kind come in a new
        network, on which there are neither networks nor token merging nor HyperTile.
        """
        model = self._load(path)
        if model.path != self._current.path:
            self._tiling = False
            self._shapes_attention = self._shapes_attention and same_kind(model, self._current)
        return model

    def shape_attention(self) -> None:
        """Merge tokens and tile attention again, as A1111 does when it begins or ends a second pass."""
        self._shapes_attention = True


def check_latents(former: LoadedModel, model: LoadedModel, *, field: str) -> None:
    """Raise InvalidRequest for a checkpoint whose latents have another shape than those there are."""
    one, other = former.latents, model.latents
    if (one.channels, one.cell) != (other.channels, other.cell):
        text = f"{model.name} takes latents of {other.channels} channels, {former.name} makes {one.channels}"
        raise InvalidRequest(text, field=field)


def same_kind(one: LoadedModel, other: LoadedModel) -> bool:
    """True if A1111 would load the weights of both into one and the same network."""
    return _kind(one) == _kind(other)


def _kind(model: LoadedModel) -> Hashable:
    config = model.path.with_suffix(".yaml")
    return model.family, model.conditioning, model.noise.predicts, config if config.is_file() else None
