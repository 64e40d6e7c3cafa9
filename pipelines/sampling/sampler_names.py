"""Turn what a client calls a sampler and a scheduler into canonical labels.

As A1111 v1.10.1 does, but aliases and other letter cases mean the sampler that they name: the original
silently takes ``DPM++ 2M`` for them.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.sampling.sampler_table import (
    AUTOMATIC,
    SAMPLER_INFOS,
    SCHEDULER_INFOS,
    SamplerInfo,
    SchedulerInfo,
)

FALLBACK = next(iter(SAMPLER_INFOS.values()))
OLD_ENDINGS = {"_ka": "Karras", "_exp": "Exponential", "_exp_ka": "Karras"}
"""Endings of aliases from before schedulers had a field of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplerChoice:
    """Canonical labels, and what had to be replaced to get them."""

    sampler: str
    scheduler: str
    warnings: tuple[str, ...] = ()


def find_scheduler(text: str) -> SchedulerInfo | None:
    """Find a scheduler by its name or label, in any letter case; aliases don't count."""
    wanted = text.casefold()
    return next(
        (s for s in SCHEDULER_INFOS.values() if wanted in (s.name.casefold(), s.label.casefold())), None
    )


def find_sampler(name: str) -> SamplerInfo | None:
    """A sampler by its exact name."""
    return SAMPLER_INFOS.get(name)


def find_sampler_alias(name: str) -> SamplerInfo | None:
    """A sampler by name or alias in any letter case (scripts and saved infotexts)."""
    wanted = name.strip().casefold()
    return next(
        (
            s
            for s in SAMPLER_INFOS.values()
            if wanted in (s.name.casefold(), *(a.casefold() for a in s.aliases))
        ),
        None,
    )


def resolve_sampler(sampler: str, scheduler: str | None) -> SamplerChoice:
    """Resolve a pair as sent; unknown samplers become ``DPM++ 2M``, unknown schedulers ``Automatic``."""
    name, implied = _split(_modern(sampler), scheduler)
    first = find_sampler(name) or find_sampler_alias(name)
    if (first or FALLBACK).scheduler == implied.name:
        implied = AUTOMATIC
    wanted = scheduler or (None if implied is AUTOMATIC else implied.label)
    last, chosen = _split((first or FALLBACK).name, wanted)
    warnings = (*_sampler_warnings(name, first), *_scheduler_warnings(scheduler))
    return SamplerChoice(sampler=last, scheduler=chosen.label, warnings=warnings)


def resolve_second_sampler(name: str) -> tuple[str, str | None] | None:
    """The sampler of a further pass and the scheduler that its name holds, None for that of the first.

    None if no sampler is meant.
    """
    bare, implied = _split(_modern(name), None)
    found = find_sampler_alias(bare)
    if found is None:
        return None
    return found.name, None if implied is AUTOMATIC else implied.label


def is_sampler(name: str) -> bool:
    """True if ``resolve_sampler`` finds a sampler in the text, with or without a scheduler's name."""
    bare, _ = _split(_modern(name), None)
    return find_sampler_alias(bare) is not None


def _modern(name: str) -> str:
    """An old combined alias such as ``k_dpmpp_2m_ka`` as sampler and scheduler."""
    for ending, label in OLD_ENDINGS.items():
        known = find_sampler_alias(name.removesuffix(ending)) if name.endswith(ending) else None
        if known is not None:
            return f"{known.name} {label}"
    return name


def _split(name: str, scheduler: str | None) -> tuple[str, SchedulerInfo]:
    """Take a scheduler's suffix off a sampler name; a suffix wins over ``scheduler``."""
    chosen = (find_scheduler(scheduler) if scheduler else None) or AUTOMATIC
    for entry in SCHEDULER_INFOS.values():
        for suffix in (entry.label, entry.name, *entry.aliases):
            if name.casefold().endswith(" " + suffix.casefold()):
                name, chosen = name[: -len(suffix) - 1], entry
                break
    return name, chosen


def _sampler_warnings(name: str, found: SamplerInfo | None) -> tuple[str, ...]:
    if found is None:
        return (f"sampler: no sampler is called {name!r}; {FALLBACK.name!r} was used",)
    if found.name != name:
        return (f"sampler: {name!r} was taken for {found.name!r}",)
    return ()


def _scheduler_warnings(scheduler: str | None) -> tuple[str, ...]:
    if not scheduler or find_scheduler(scheduler) is not None:
        return ()
    return (f"scheduler: no scheduler is called {scheduler!r}; 'Automatic' was used",)
