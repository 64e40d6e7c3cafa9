"""Time the same pictures by the engine in this process and through a server, in turns."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from pipelines.contract.progress import Progress
from pipelines.contract.requests import GenerationRequest, Seeds
from pipelines.contract.settings import EngineSettings

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Seconds of every picture, and between every two steps where they can be seen."""

    pictures: tuple[float, ...]
    steps: tuple[float, ...] = ()

    @property
    def per_picture(self) -> float:
        """Median seconds of a picture."""
        return median(self.pictures)

    @property
    def per_step(self) -> float:
        """Median seconds of a step."""
        return median(self.steps)

    def per_minute(self, batch_size: int) -> float:
        """Pictures per minute, where each request makes ``batch_size`` of them."""
        return 60 * batch_size / self.per_picture


@dataclass(slots=True, eq=False)
class StepClock:
    """Notes when steps end; a picture's first step isn't timed, as its beginning isn't reported."""

    seconds: list[float] = field(default_factory=list[float])
    step: int = 0
    at: float = 0.0

    def __call__(self, progress: Progress) -> None:
        """Note the time of a step, and the seconds since the step before it."""
        now = time.perf_counter()
        if progress.step == self.step + 1 and self.step > 0:
            self.seconds.append(now - self.at)
        if progress.step != self.step:
            self.step, self.at = progress.step, now


def time_both(
    settings: EngineSettings, flags: Sequence[str], request: GenerationRequest, count: int
) -> tuple[Timings, Timings]:
    """Time ``count`` pictures by the engine in this process and through a server with these flags.

    The two take turns, so that whatever else the machine does slows both alike; the first picture of each
    only warms up.
    """
    from pipelines.engine.engine import Engine

    engine, clock = Engine(settings), StepClock()
    loop, served = list[float](), list[float]()
    with (
        running_server([*flags, "--ckpt-dir", str(Path(request.checkpoint).parent)]) as address,
        httpx.Client(base_url=address, timeout=None, trust_env=False) as client,
    ):
        engine.run(request)
        post(client, request)
        for number in range(1, count + 1):
            this = with_seed(request, number)
            loop.append(seconds_of(partial(engine.run, this, on_progress=clock)))
            served.append(seconds_of(partial(post, client, this)))
    engine.close()
    return Timings(pictures=tuple(loop), steps=tuple(clock.seconds)), Timings(pictures=tuple(served))


def overhead(loop: Timings, served: Timings) -> float:
    """Median seconds that the HTTP path adds to the same picture."""
    return median(b - a for a, b in zip(loop.pictures, served.pictures, strict=True))


def seconds_of(action: Callable[[], object]) -> float:
    """Seconds that an action takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def post(client: httpx.Client, request: GenerationRequest) -> None:
    """Ask the server for the picture."""
    client.post("/sdapi/v1/txt2img", json=body_of(request)).raise_for_status()


def with_seed(request: GenerationRequest, number: int) -> GenerationRequest:
    """The request with another seed, so that no cache answers it."""
    seed = request.seeds.seed + number
    return replace(request, seeds=Seeds(seed=seed, subseed=seed))


def body_of(request: GenerationRequest) -> dict[str, Any]:
    """The request as a client sends it."""
    return {
        "prompt": request.prompt,
        "negative_prompt": request.negative_prompt,
        "seed": request.seeds.seed,
        "steps": request.steps,
        "cfg_scale": request.cfg_scale,
        "width": request.width,
        "height": request.height,
        "batch_size": request.batch_size,
        "sampler_name": request.sampler,
        "scheduler": request.scheduler,
        "override_settings": {
            "sd_model_checkpoint": Path(request.checkpoint).stem,
            "samples_format": request.output.samples_format,
            "return_grid": request.output.return_grid,
        },
    }


@contextmanager
def running_server(flags: Sequence[str], *, db: str = ":memory:") -> Generator[str]:
    """Run a server on a free port of this machine; yields its address once it is ready."""
    own = ("--server-name", "127.0.0.1", "--port", "0", "--db", db, "--disable-console-progressbars")
    command = [sys.executable, "-m", "sdapi", "serve", *flags, *own]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = next((line for line in process.stdout if "http://" in line), None)
        if line is None:
            raise RuntimeError(f"the server did not start; it exited with status {process.wait()}")
        yield line.split()[-1]
    finally:
        process.terminate()
        process.wait()
