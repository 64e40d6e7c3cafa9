"""The text that a prompt stands for at each step (spec 2.6)."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.text.prompt.schedule_nodes import Alternate, Group, StepRule, text_at, walk
from pipelines.text.prompt.schedule_parser import parse_schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleEntry:
    """``text`` is used up to and including step ``end``."""

    end: int
    text: str


def step_rule(*, steps: int, hires_steps: int | None = None, old: bool = False) -> StepRule:
    """Return the rule for the first pass, or for the second if ``hires_steps`` is given.

    Both counts are model evaluations: doubled for second-order samplers.
    """
    if hires_steps is None or old:
        return StepRule(steps=steps, old=old)
    return StepRule(steps=hires_steps, fraction_offset=1.0, step_offset=steps)


def prompt_schedule(prompt: str, rule: StepRule) -> tuple[ScheduleEntry, ...]:
    """Return the texts of ``prompt`` with rising ``end``; the last ``end`` is the schedule's length."""
    root = parse_schedule(prompt) if "[" in prompt else None
    if root is None:
        return (ScheduleEntry(end=rule.steps, text=prompt),)
    return tuple(ScheduleEntry(end=end, text=text_at(root, end, rule)) for end in _breakpoints(root, rule))


def entry_at(ends: tuple[int, ...], call: int) -> int:
    """Return the index of the entry for the denoiser's ``call`` (counted from 0).

    The first entry with ``call <= end``; beyond every end the first entry serves again, as in A1111.
    """
    return next((index for index, end in enumerate(ends) if call <= end), 0)


def _breakpoints(root: Group, rule: StepRule) -> list[int]:
    ends = {rule.steps}
    for construct in walk(root):
        if isinstance(construct, Alternate):
            ends.update(range(1, rule.steps + 1))
        else:
            ends.add(rule.step(construct.number))
    return sorted(end for end in ends if end >= 1 or end == rule.steps)
