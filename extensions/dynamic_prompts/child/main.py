"""The main function of the process: set its bounds, read a task from its input, write the answer."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from extensions.dynamic_prompts.child.refusal import Refusal
from extensions.dynamic_prompts.task import TemplateTask, WorkedOut

DEEP = "the template refers to itself, or nests too deeply"
LARGE = "the template needs too much memory"


def bound(seconds: int, memory: int) -> None:
    """Bound this process's seconds of computing and bytes of memory, where the system can."""
    try:
        import resource
    except ImportError:  # Windows; there the asking process's bound on waiting is the only one
        return
    for kind, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, memory // 16),
    ):
        try:
            resource.setrlimit(kind, (most, most))
        except (ValueError, OSError):  # macOS knows no bound of address space
            continue


def main(seconds: int, memory: int) -> None:
    """Read one task from standard input and write its answer to standard output."""
    bound(seconds, memory)
    task = TemplateTask(**json.load(sys.stdin))
    json.dump(asdict(worked_out(task)), sys.stdout)


def worked_out(task: TemplateTask) -> WorkedOut:
    """Return the answer; a refusal where the task can't be worked out."""
    from extensions.dynamic_prompts.child.expand import expand

    try:
        return expand(task)
    except Refusal as refusal:
        return _refused(refusal.text, refusal.place)
    except RecursionError:
        return _refused(DEEP, "prompt")
    except (MemoryError, OverflowError):
        return _refused(LARGE, "prompt")


def _refused(text: str, place: str) -> WorkedOut:
    return WorkedOut(prompts=(), negative_prompts=(), refusal=text, place=place)
