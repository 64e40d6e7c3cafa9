"""What a request asks of the model's calls, and its way to the engine, as the call of a script; no torch."""

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
    """Self-attention guidance: how much of it, and how far what is looked at is blurred, in latent cells."""

    scale: float = 0.5
    sigma: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SteeringWish:
    """All of it; None is not asked for."""

    freeu: FreeUWish | None = None
    attention: AttentionWish | None = None

    @property
    def asks(self) -> bool:
        """Whether there is anything to do."""
        return self.freeu is not None or self.attention is not None

    def call(self) -> ScriptCall:
        """As it stands in a request."""
        return ScriptCall(name=TITLE, args=(asdict(self),))


def wish_of(job: GenerationJob) -> SteeringWish:
    """What the request of a generation asks for; nothing in those of other APIs."""
    for call in job.request.always_on:
        if call.name == TITLE and call.args:
            told: Mapping[str, Any] = call.args[0]
            freeu, attention = told["freeu"], told["attention"]
            return SteeringWish(
                freeu=None if freeu is None else FreeUWish(**freeu),
                attention=None if attention is None else AttentionWish(**attention),
            )
    return SteeringWish()
