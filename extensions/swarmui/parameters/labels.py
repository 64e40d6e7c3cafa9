"""Samplers by A1111's labels, which some programs send: `DPM++ 2M Karras` names a scheduler too."""

from __future__ import annotations

from extensions.swarmui.models.samplers import SAMPLERS, SCHEDULERS

SCHEDULER_OF = {"sampler": "scheduler", "refinersampler": "refinerscheduler"}
"""The second parameter that such a label may set, by the one that it is sent as."""


def _plain(text: str) -> str:
    return text.replace(" ", "").lower()


NAMES = {_plain(label): name for name, label in reversed(SAMPLERS.items())}
ENDINGS = {_plain(label): name for name, label in SCHEDULERS.items()}


def split_label(text: str) -> tuple[str, str | None] | None:
    """Return the sampler of a label, and the scheduler at its end, if any; None for any other text."""
    wanted = _plain(text)
    if wanted in NAMES:
        return NAMES[wanted], None
    for ending, scheduler in ENDINGS.items():
        name = NAMES.get(wanted.removesuffix(ending)) if wanted.endswith(ending) else None
        if name is not None:
            return name, scheduler
    return None
