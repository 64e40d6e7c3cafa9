"""Templates worked out in this process, as its own process would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from extensions.dynamic_prompts.child.main import worked_out
from extensions.dynamic_prompts.task import TemplateTask, Way, WorkedOut


def made(
    template: str, seeds: int = 1, *roots: Path, way: Way = "random", negative: str = "", **more: Any
) -> WorkedOut:
    """Work a template out for so many pictures, which must not be refused."""
    task = TemplateTask(
        way=way,
        roots=[str(root) for root in roots],
        prompts=[template] * seeds,
        negative_prompts=[negative] * seeds,
        seeds=list(range(1, seeds + 1)),
        **more,
    )
    answer = worked_out(task)
    assert not answer.refusal, answer.refusal
    return answer


def prompts(template: str, seeds: int = 1, *roots: Path, way: Way = "random", **more: Any) -> list[str]:
    """Return the prompts that a template becomes."""
    return list(made(template, seeds, *roots, way=way, **more).prompts)
