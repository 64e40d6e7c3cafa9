"""The LoRAs of a request's lists."""

from __future__ import annotations

from collections.abc import Sequence

from extensions.swarmui.parameters.request import SwarmRequest
from extensions.swarmui.parameters.table import TABLE
from pipelines.plugin import InvalidRequest
from sdapi.plugin import NetworkIntent

EVERYWHERE = frozenset({"-1", "0"})
"""Numbers of sections that hold everywhere: the whole prompt, and the text before any section's tag."""


def networks_of(request: SwarmRequest) -> tuple[NetworkIntent, ...]:
    """The LoRAs with their weights, 1 where none is given. Raises InvalidRequest."""
    names: Sequence[str] = request.get("loras", ())
    weights = _numbers(request, "loraweights")
    texts: Sequence[float | None] = _numbers(request, "loratencweights")
    padded = [*weights, *[1.0] * len(names)]
    own = [*texts, *[None] * len(names)]
    return tuple(
        NetworkIntent(name=name, strength=strength, text_strength=text)
        for name, strength, text in zip(names, padded, own, strict=False)
    )


def unused_sections(request: SwarmRequest) -> tuple[str, ...]:
    """Return the warning about LoRAs that are meant for one section of the prompt."""
    sections: Sequence[str] = request.get("lorasectionconfinement", ())
    if set(sections) <= EVERYWHERE:
        return ()
    return ("LoRA Section Confinement is ignored: LoRAs hold in all sections here",)


def _numbers(request: SwarmRequest, name: str) -> list[float]:
    given: Sequence[str] = request.get(name, ())
    row = TABLE[name]
    try:
        numbers = [float(weight) for weight in given]
    except ValueError:
        raise InvalidRequest(f"Invalid value for parameter {row.name}: they must be numbers") from None
    if not all(row.low <= number <= row.high for number in numbers):
        text = f"they must be between {row.low:g} and {row.high:g}"
        raise InvalidRequest(f"Invalid value for parameter {row.name}: {text}")
    return numbers
