"""Task and answer of the process that works templates out; nothing but the standard library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Way = Literal["random", "combinatorial", "jinja"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateTask:
    """Templates of one job, one for each picture, and how they are read.

    ``roots``: folders of wildcard files, a later one wins. ``hires_*`` are empty where that pass has the
    texts of the first. ``chance``: where choices come from that no picture's seed makes; None links them to
    ``seeds``. ``frozen``: every picture gets the choices of the first. ``count``: prompts that a
    combinatorial template makes at most, None for all; ``batches`` times that. ``most``: prompts of the job.
    """

    way: Way = "random"
    roots: Sequence[str] = ()
    prompts: Sequence[str] = ("",)
    negative_prompts: Sequence[str] = ("",)
    hires_prompts: Sequence[str] = ()
    hires_negative_prompts: Sequence[str] = ()
    seeds: Sequence[int] = (0,)
    chance: int | None = None
    frozen: bool = False
    count: int | None = None
    batches: int = 1
    most: int = 1000
    variant_start: str = "{"
    variant_end: str = "}"
    wildcard_wrap: str = "__"
    ignore_whitespace: bool = False
    dedupe: bool = True
    sort: bool = True
    shuffle: bool = False
    context: Mapping[str, Any] = field(default_factory=dict[str, Any])
    limit_jinja: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedOut:
    """The prompts of a task; all lists have the same length, or are empty for hires fix."""

    prompts: Sequence[str]
    negative_prompts: Sequence[str]
    hires_prompts: Sequence[str] = ()
    hires_negative_prompts: Sequence[str] = ()
    warnings: Sequence[str] = ()
    refusal: str = ""
    """The reason where there are no prompts; empty where there are."""
    place: str = "prompt"
    """The field that a refusal is about; ``count`` is the script's argument of that number."""
