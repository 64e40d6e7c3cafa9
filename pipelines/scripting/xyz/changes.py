"""The changes of axes whose values are names: samplers, checkpoints, styles, faces, sizes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import GenerationRequest, Refiner, Style
from pipelines.sampling.sampler_names import is_sampler, resolve_sampler, resolve_second_sampler
from pipelines.sampling.sampler_table import AUTOMATIC
from pipelines.scripting.axis_values import Value
from pipelines.scripting.script_arguments import TRUE
from pipelines.scripting.script_file import Lookup

_SIZE = re.compile(r"^\s*(\d+)\s*[x×]\s*(\d+)\s*$")
NO_REFINER = ("", "none")


def known_samplers(request: GenerationRequest, values: Sequence[Value], context: Lookup) -> Sequence[Value]:
    """Check names and aliases in any letter case, with or without a scheduler. Raises InvalidRequest."""
    for value in values:
        if not is_sampler(str(value)):
            raise InvalidRequest(f"Unknown sampler: {value}", field="script.args")
    return values


def sampler(request: GenerationRequest, value: str, context: Lookup) -> GenerationRequest:
    """Set another sampler, and the scheduler that its name holds."""
    choice = resolve_sampler(value, None)
    scheduler = request.scheduler if choice.scheduler == AUTOMATIC.label else choice.scheduler
    return replace(request, sampler=choice.sampler, scheduler=scheduler)


def hires_sampler(request: GenerationRequest, value: str, context: Lookup) -> GenerationRequest:
    """Set another sampler for the second pass, if there is one."""
    found = resolve_second_sampler(value)
    if request.hires is None or found is None:
        return request
    hires = replace(request.hires, sampler=found[0], scheduler=found[1] or request.hires.scheduler)
    return replace(request, hires=hires)


def known_checkpoints(
    request: GenerationRequest, values: Sequence[Value], context: Lookup
) -> Sequence[Value]:
    """Check that every value names a checkpoint file. Raises InvalidRequest."""
    for value in values:
        _checkpoint(str(value), context)
    return values


def checkpoint(request: GenerationRequest, value: str, context: Lookup) -> GenerationRequest:
    """Set the checkpoint that a value names. Raises InvalidRequest."""
    return replace(request, checkpoint=_checkpoint(value, context))


def known_refiners(request: GenerationRequest, values: Sequence[Value], context: Lookup) -> Sequence[Value]:
    """Check checkpoints; ``None`` and the empty text mean no refiner. Raises InvalidRequest."""
    known_checkpoints(request, [v for v in values if str(v).lower() not in NO_REFINER], context)
    return values


def refiner(request: GenerationRequest, value: str, context: Lookup) -> GenerationRequest:
    """Set another refiner, which keeps the switch of the request's own, or take it away."""
    if value.lower() in NO_REFINER:
        return replace(request, refiner=None)
    switch = request.refiner.switch_at if request.refiner is not None else None
    return replace(request, refiner=Refiner(checkpoint=_checkpoint(value, context), switch_at=switch))


def _checkpoint(name: str, context: Lookup) -> str:
    found = context.find_checkpoint(name)
    if found is None:
        raise InvalidRequest(f"Unknown checkpoint: {name}", field="script.args")
    return found


def styles(request: GenerationRequest, value: str, context: Lookup) -> GenerationRequest:
    """Append the styles that the value names, separated by commas."""
    names = [name.strip() for name in value.split(",") if name.strip()]
    added = tuple(context.find_style(name) or Style(name=name) for name in names)
    return replace(request, styles=(*request.styles, *added))


def faces(request: GenerationRequest, value: str, context: Lookup) -> GenerationRequest:
    """Restore faces with the restorer that the value names; another text switches restoring on or off."""
    named = {"codeformer": "CodeFormer", "gfpgan": "GFPGAN"}.get(value.lower())
    if named is None:
        return replace(request, restore_faces=value.strip().lower() in TRUE)
    options = replace(request.options, face_restoration_model=named)
    return replace(request, restore_faces=True, options=options)


def known_sizes(request: GenerationRequest, values: Sequence[Value], context: Lookup) -> Sequence[Value]:
    """Check that every value reads WIDTHxHEIGHT. Raises InvalidRequest."""
    for value in values:
        _size(str(value))
    return values


def size(request: GenerationRequest, value: str, context: Lookup) -> GenerationRequest:
    """Set a size such as ``512x768``. Raises InvalidRequest."""
    width, height = _size(value)
    return replace(request, width=width, height=height)


def _size(value: str) -> tuple[int, int]:
    match = _SIZE.match(value)
    if match is None:
        raise InvalidRequest(f"Invalid size in XYZ plot: {value}", field="script.args")
    return int(match[1]), int(match[2])
