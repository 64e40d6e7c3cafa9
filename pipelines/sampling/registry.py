"""Every sampler: its function with its row of names and flags, imported at its first use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib import import_module
from typing import Any

from pipelines.sampling.sampler_table import Family, SamplerInfo

FOLDER = "pipelines.sampling.samplers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampler:
    """``run(x, sigmas or timesteps, noise, **kwargs)`` and what is known about it."""

    info: SamplerInfo
    run: Callable[..., Any]

    @property
    def family(self) -> Family:
        """``sigma`` if it works on noise levels, ``timestep`` if on timesteps."""
        return self.info.family

    @property
    def guided(self) -> bool:
        """True if it is sent GuidedEps instead of a tensor."""
        return self.info.guided


@lru_cache
def sampler_of(info: SamplerInfo) -> Sampler:
    """The sampler of a row. Raises ImportError or AttributeError for a row that names no function."""
    module, _, function = info.run.partition(":")
    place = import_module(module if "." in module else f"{FOLDER}.{module}")
    run = getattr(place, function or module.rpartition(".")[2])
    return Sampler(
        info=info, run=run if info.solver_type is None else partial(run, solver_type=info.solver_type)
    )
