"""The prompts of one picture: tags evaluated with the picture's own chance."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from extensions.swarmui.models.choices import EMBEDDINGS, LORAS, WILDCARDS, Choices
from extensions.swarmui.parameters.request import Presets, SwarmRequest, read_request
from extensions.swarmui.prompts.sections import FilledPrompt, fill
from extensions.swarmui.prompts.world import Filling, PromptWorld
from sdapi.plugin import State

MOST_LINES = 100_000
TRIGGERS = ("modelspec.trigger_phrase", "ss_trigger_phrase")


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptsOfPicture:
    """Prompts of both passes. ``request`` has the parameters that tags set, ``extra`` metadata about tags."""

    prompt: FilledPrompt
    negative: str
    request: SwarmRequest
    extra: Mapping[str, Any]
    warnings: tuple[str, ...]


def world_of(state: State, found: Choices, presets: Presets) -> PromptWorld:
    """Collect the names that tags can refer to now."""
    folder = state.config.data / WILDCARDS

    def lines(name: str) -> Sequence[str]:
        return read_lines(folder / f"{name}.txt")

    return PromptWorld(
        wildcards=found.wildcards,
        wildcard=lines,
        loras=found.models.get(LORAS, ()),
        triggers={row.name: _trigger(row.metadata) for row in state.catalog.loras()},
        embeddings=found.models.get(EMBEDDINGS, ()),
        preset=presets,
    )


def _trigger(metadata: Mapping[str, Any]) -> str:
    return next((str(metadata[key]) for key in TRIGGERS if metadata.get(key)), "")


def read_lines(path: Path) -> Sequence[str]:
    """The entries of a list: every line but blank ones and comments; none of a file that can't be read."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ()
    lines = [line.strip() for line in text.splitlines()[:MOST_LINES]]
    return [line for line in lines if line and not line.startswith("#")]


def prompts_of(
    request: SwarmRequest, world: PromptWorld, found: Choices, chance: random.Random
) -> PromptsOfPicture:
    """Evaluate both prompts; reads wildcards, so call it in a thread. Raises InvalidRequest."""
    written, written_negative = request.get("prompt", ""), request.get("negativeprompt", "")
    filling = Filling(world=world, chance=chance, negative=written_negative)
    prompt = fill(written, filling)
    against = _filled_negative(filling)
    whole, negative = _against(prompt, against, filling), _everywhere(against, filling)
    changed = _with_parameters(request, filling, found, world.preset)
    extra: dict[str, Any] = {f"used_{kind}": names for kind, names in filling.used.items()}
    if written != prompt.base:
        extra["original_prompt"] = written
    if written_negative != negative:
        extra["original_negativeprompt"] = written_negative
    if filling.warnings:
        extra["parser_warnings"] = list(filling.warnings)
    return PromptsOfPicture(
        prompt=whole,
        negative=negative,
        request=changed,
        extra=extra,
        warnings=(*filling.warnings, *changed.warnings[len(request.warnings) :]),
    )


def _filled_negative(filling: Filling) -> FilledPrompt:
    """Evaluate the negative prompt as the prompt's tags have left it; its own tags can't set it any more."""
    before = filling.negative
    against = fill(before, filling)
    if filling.negative != before:
        filling.warn("negativeprompt: its own tags don't set it: the negative prompt of theirs is ignored")
    for text in _meaningless(against):
        filling.warn(f"negativeprompt: {text}")
    return against


def _meaningless(against: FilledPrompt) -> Iterator[str]:
    """Yield warnings about tags that mean nothing in a negative prompt."""
    if against.cleared:
        yield "<clear:…> is ignored: it clears in the prompt alone"
    if any(place.repaint is not None for place in against.regions):
        yield "<object:…> draws nothing again: it does in the prompt alone"
    if against.refiner:
        yield "<refiner> is ignored: both passes have the same negative prompt"


def _everywhere(against: FilledPrompt, filling: Filling) -> str:
    """Return the negative prompt; its texts for regions hold everywhere."""
    if not against.regions and not against.background:
        return against.base
    filling.warn("negativeprompt: the text of its regions holds everywhere")
    texts = (against.base, against.background, *(place.prompt for place in against.regions))
    return ", ".join(text for text in texts if text)


def _against(prompt: FilledPrompt, against: FilledPrompt, filling: Filling) -> FilledPrompt:
    """Give each segment of the prompt the text of the negative prompt's segment with the same finder."""
    own = {part.finder: part.prompt for part in against.segments}
    named = {part.finder for part in prompt.segments}
    for finder in (one for one in own if one not in named):
        filling.warn(f"negativeprompt: <segment:{finder[:60]}> is ignored: the prompt has none of that name")
    segments = (replace(part, negative_prompt=own.get(part.finder, "")) for part in prompt.segments)
    return replace(prompt, segments=tuple(segments))


def _with_parameters(
    request: SwarmRequest, filling: Filling, found: Choices, presets: Presets
) -> SwarmRequest:
    """The request with the parameters that tags have set."""
    if not filling.parameters:
        return request
    own = read_request(filling.parameters, found, presets)
    return SwarmRequest(
        values={**request.values, **own.values},
        presets=request.presets,
        extra=request.extra,
        warnings=(*request.warnings, *own.warnings),
    )
