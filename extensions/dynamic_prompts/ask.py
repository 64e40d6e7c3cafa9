"""Have a task worked out by a process of its own, while other jobs go on."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from typing import IO

from extensions.dynamic_prompts.task import TemplateTask, WorkedOut
from pipelines.plugin import Work, pause

PROGRAM = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from extensions.dynamic_prompts.child.main import main; main(int(sys.argv[2]), int(sys.argv[3]))"
)
NAP = 0.005
UNDONE = "the template takes too much time or memory to be worked out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Bounds of a task: seconds of computing, seconds of waiting, bytes of memory."""

    computing: int = 5
    waiting: float = 60.0
    memory: int = 1 << 30


def ask(task: TemplateTask, bounds: Bounds | None = None) -> Work[WorkedOut]:
    """Have a task worked out, or refused; a job that is given up meanwhile ends the process."""
    limits = bounds or Bounds()
    with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as answered:
        asked.write(json.dumps(asdict(task)).encode())
        asked.seek(0)
        if not (yield from _run(asked, answered, limits)):
            return WorkedOut(prompts=(), negative_prompts=(), refusal=UNDONE)
        answered.seek(0)
        return WorkedOut(**json.load(answered))


def _run(asked: IO[bytes], answered: IO[bytes], limits: Bounds) -> Work[bool]:
    """Run the process; return True if it ended by itself without an error."""
    arguments = (json.dumps(sys.path), str(limits.computing), str(limits.memory))
    child = subprocess.Popen(
        [sys.executable, "-I", "-c", PROGRAM, *arguments],
        stdin=asked,
        stdout=answered,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + limits.waiting
    try:
        while child.poll() is None and time.monotonic() < end:
            yield from pause()
            time.sleep(NAP)
    finally:
        child.kill()
        child.wait()
    return child.returncode == 0
