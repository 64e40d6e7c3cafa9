"""Wishes of a request for the engine, and their form on the way there, the call of a script; no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from pipelines.plugin import ScriptCall

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob

TITLE = "SwarmUI"


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeUWish:
    """Factors of the blocks and of the skips, the first and the second of each; in which passes they act."""

    b1: float = 1.1
    b2: float = 1.2
    s1: float = 0.9
    s2: float = 0.2
    version: int = 1
    first: bool = True
    second: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionWish:
    """Self-attention guidance: its scale, and the sigma of the blur in latent cells."""

    scale: float = 0.5
    sigma: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceWish:
    """A place, in shares of the picture, and how much its prompt counts there; below 0: all but the place."""

    x: float
    y: float
    width: float
    height: float
    strength: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionsWish:
    """Places whose prompts stand behind the whole one, in this order.

    ``share``: how much the whole prompt counts in them. ``background``: whether one for where none of them
    is comes first.
    """

    places: tuple[PlaceWish, ...]
    share: float = 0.5
    background: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearWish:
    """Words whose things become transparent where the network is surer than ``threshold``.

    ``inverted``: all but those things do.
    """

    words: str
    threshold: float = 0.5
    inverted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SteeringWish:
    """All wishes of one request; None and empty are not asked for."""

    freeu: FreeUWish | None = None
    attention: AttentionWish | None = None
    regions: RegionsWish | None = None
    cleared: tuple[ClearWish, ...] = ()

    @property
    def asks(self) -> bool:
        """True if there is any wish."""
        return self != SteeringWish()

    def call(self) -> ScriptCall:
        """Return the wishes as the call of a script, which a request can hold."""
        return ScriptCall(name=TITLE, args=(asdict(self),))


def wish_of(job: GenerationJob) -> SteeringWish:
    """Read the wishes of a generation's request; none in requests of other APIs."""
    for call in job.request.always_on:
        if call.name == TITLE and call.args:
            return _read(call.args[0])
    return SteeringWish()


def _read(told: Mapping[str, Any]) -> SteeringWish:
    freeu, attention, regions = told["freeu"], told["attention"], told["regions"]
    return SteeringWish(
        freeu=None if freeu is None else FreeUWish(**freeu),
        attention=None if attention is None else AttentionWish(**attention),
        regions=None if regions is None else _regions(regions),
        cleared=tuple(ClearWish(**one) for one in told["cleared"]),
    )


def _regions(told: Mapping[str, Any]) -> RegionsWish:
    places = tuple(PlaceWish(**place) for place in told["places"])
    return RegionsWish(places=places, share=told["share"], background=told["background"])
