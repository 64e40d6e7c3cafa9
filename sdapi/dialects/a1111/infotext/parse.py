"""Read an infotext back into fields, with the defaults that A1111 adds for absent ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import Style
from sdapi.dialects.a1111.infotext.found_styles import find_styles
from sdapi.dialects.a1111.infotext.legacy import (
    add_additional_networks,
    add_back_compatibility,
    has_hires_styles,
    legacy_hires_size,
)
from sdapi.dialects.a1111.infotext.lora_names import FindLora, rename_loras
from sdapi.dialects.a1111.infotext.pairs import find_pairs, read_pairs

NEGATIVE = "Negative prompt:"
MIN_PAIRS = 3
"""With fewer pairs than this the last line belongs to the prompt."""

BEFORE_SIZES: Mapping[str, Any] = {
    "Hires resize-1": 0,
    "Hires resize-2": 0,
    "Hires sampler": "Use same sampler",
    "Hires schedule type": "Use same scheduler",
    "Hires checkpoint": "Use same checkpoint",
    "Hires prompt": "",
    "Hires negative prompt": "",
    "Mask mode": "Inpaint masked",
    "Masked content": "original",
    "Inpaint area": "Whole picture",
    "Masked area padding": 32,
}
AFTER_SIZES: Mapping[str, Any] = {
    "RNG": "GPU",
    "Schedule type": "Automatic",
    "Schedule max sigma": 0,
    "Schedule min sigma": 0,
    "Schedule rho": 0,
    "VAE Encoder": "Full",
    "VAE Decoder": "Full",
    "FP8 weight": "Disable",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseRules:
    """Options that change how an infotext is read; names are A1111's option keys.

    ``local_lora`` finds the file here that a LoRA tag means; None leaves tags as they are.
    """

    styles: tuple[Style, ...] = ()
    infotext_styles: str = "Apply if any"
    auto_backcompat: bool = True
    use_old_hires_fix_width_height: bool = False
    infotext_skip_pasting: frozenset[str] = field(default=frozenset())
    local_lora: FindLora | None = None


def parse(text: str, rules: ParseRules | None = None) -> dict[str, Any]:
    """Fields in order: the text's own, then the prompts, then defaults. Found values are text."""
    rules = rules or ParseRules()
    lines, last = _split(text)
    prompt, negative = _prompts(lines)
    result: dict[str, Any] = dict(read_pairs(last))
    prompt, negative = _take_out_styles(result, (prompt, negative), rules)
    result["Prompt"], result["Negative prompt"] = prompt, negative
    _add_defaults(result, rules)
    add_back_compatibility(result, enabled=rules.auto_backcompat)
    if rules.local_lora is not None:
        rename_loras(result, rules.local_lora)
    add_additional_networks(result)
    return {key: value for key, value in result.items() if key not in rules.infotext_skip_pasting}


def _split(text: str) -> tuple[list[str], str]:
    """The prompt's lines, and the line of pairs or ""."""
    *lines, last = text.strip().split("\n")
    if len(find_pairs(last)) < MIN_PAIRS:
        return [*lines, last], ""
    return lines, last


def _prompts(lines: Iterable[str]) -> tuple[str, str]:
    parts: tuple[list[str], list[str]] = ([], [])
    into = 0
    for line in map(str.strip, lines):
        into = 1 if line.startswith(NEGATIVE) else into
        parts[into].append(line.removeprefix(NEGATIVE).strip())
    return "\n".join(parts[0]).strip(), "\n".join(parts[1]).strip()


def _take_out_styles(result: dict[str, Any], prompts: tuple[str, str], rules: ParseRules) -> tuple[str, str]:
    if rules.infotext_styles == "Ignore":
        return prompts
    found, left = find_styles(prompts, rules.styles)
    hires = (str(result.get("Hires prompt", "")), str(result.get("Hires negative prompt", "")))
    if any(hires) and found and has_hires_styles(result.get("Version")):
        found_too, hires_left = find_styles(hires, rules.styles)
        if found_too != found:
            return prompts
        names = ("Hires prompt", "Hires negative prompt")
        result.update({name: text for name, text in zip(names, hires_left, strict=True) if name in result})
    if rules.infotext_styles == "Apply" or (rules.infotext_styles == "Apply if any" and found):
        result["Styles array"] = found
    return left


def _add_defaults(result: dict[str, Any], rules: ParseRules) -> None:
    _default(result, {"Clip skip": "1"})
    hypernetwork = result.get("Hypernet")
    if hypernetwork is not None:
        result["Prompt"] += f"<hypernet:{hypernetwork}:{result.get('Hypernet strength', '1.0')}>"
    _default(result, BEFORE_SIZES)
    legacy_hires_size(result, target_is_resize=rules.use_old_hires_fix_width_height)
    _default(result, AFTER_SIZES)
    if result["FP8 weight"] != "Disable":
        _default(result, {"Cache FP16 weight for LoRA": False})
    prompts = ("Prompt", "Negative prompt", "Hires prompt", "Hires negative prompt")
    if any(uses_emphasis(str(result[name])) for name in prompts):
        _default(result, {"Emphasis": "Original"})
    _default(result, {"Refiner switch by sampling steps": False})


def _default(result: dict[str, Any], defaults: Mapping[str, Any]) -> None:
    for key, value in defaults.items():
        result.setdefault(key, value)


def uses_emphasis(prompt: str) -> bool:
    """True if brackets give any part of a prompt a weight other than 1, or can't be read."""
    # here, because the weights' arrays bring numpy, a seventh of the server's start
    from pipelines.text.prompt.emphasis import parse_emphasis

    try:
        return any(f.weight != 1.0 and not f.is_break for f in parse_emphasis(prompt))
    except InvalidRequest:
        return True
