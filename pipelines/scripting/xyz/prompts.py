"""Axes that rewrite the prompt: search and replace, and the order of its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import GenerationRequest
from pipelines.scripting.axis_values import Value
from pipelines.scripting.script_file import Lookup


def pair_with_first(request: GenerationRequest, values: Sequence[Value], context: Lookup) -> Sequence[Value]:
    """Pair every value with the first, which it replaces. Raises InvalidRequest if no prompt holds that."""
    searched = str(values[0])
    if searched not in request.prompt and searched not in request.negative_prompt:
        raise InvalidRequest(
            f"Prompt S/R did not find {searched} in prompt or negative prompt.", field="script.args"
        )
    return [(searched, str(value)) for value in values]


def substitute(request: GenerationRequest, value: tuple[str, str], context: Lookup) -> GenerationRequest:
    """Replace the first text of a pair by the second in both prompts."""
    searched, substituted = value
    return replace(
        request,
        prompt=request.prompt.replace(searched, substituted),
        negative_prompt=request.negative_prompt.replace(searched, substituted),
    )


def reorder(request: GenerationRequest, order: tuple[str, ...], context: Lookup) -> GenerationRequest:
    """Put parts of the prompt into another order; what lies between them stays. Raises InvalidRequest."""
    return replace(request, prompt=reordered(request.prompt, order))


def reordered(prompt: str, order: Sequence[str]) -> str:
    """Fill the places of the parts' first occurrences in ``order``. Raises InvalidRequest."""
    for part in order:
        if part not in prompt:
            raise InvalidRequest(f"the prompt does not contain {part!r}", field="script.args")
    found = sorted((prompt.index(part), part) for part in order)
    pieces: list[str] = []
    end = 0
    for (start, part), placed in zip(found, order, strict=True):
        pieces += [prompt[end:start], placed]
        end = max(end, start + len(part))
    return "".join([*pieces, prompt[end:]])
