"""The prompts of a unit's masks: parts by ``[SEP]``, the picture's by ``[PROMPT]``, none by ``[SKIP]``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

SEPARATOR = re.compile(r"\s*\[SEP\]\s*")
OWN = "[PROMPT]"
SKIP = "[SKIP]"


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskPrompt:
    """A text, and whether it is without the picture's own, so that styles are still to be added."""

    text: str
    bare: bool = False


def mask_prompts(text: str, own: str) -> Sequence[MaskPrompt]:
    """The texts of the masks in order; the last one is that of all further ones. ``own``: the picture's."""
    return [_prompt(part, own) for part in SEPARATOR.split(text)]


def _prompt(part: str, own: str) -> MaskPrompt:
    if not part.strip():
        return MaskPrompt(text=own)
    return MaskPrompt(text=part.replace(OWN, own), bare=OWN not in part)


def of_mask(prompts: Sequence[MaskPrompt], index: int) -> MaskPrompt:
    """The text of a mask."""
    return prompts[min(index, len(prompts) - 1)]


def is_skipped(prompt: MaskPrompt) -> bool:
    """True if the mask of this prompt is left as it is."""
    return prompt.text.strip() == SKIP
