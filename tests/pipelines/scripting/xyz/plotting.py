"""A context and a generator of pictures that need no model."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from pipelines.contract.errors import SdapiError
from pipelines.contract.requests import GenerationRequest, Seeds, Style
from pipelines.contract.results import GenerationResult
from pipelines.scripting.script_file import Names
from pipelines.scripting.xyz.plot import plot
from pipelines.text.infotext.write import VERSION

NOTHING: tuple[Any, ...] = (0, "", [])
SIZE = (40, 32)


@dataclass(slots=True)
class FakeContext:
    """A context with two checkpoints and one style, interrupted after ``bounds`` questions."""

    names: Names = field(
        default_factory=lambda: Names(samplers=("Euler", "Euler a"), schedulers=("Automatic", "Karras"))
    )
    jobs: list[str] = field(default_factory=list[str])
    saved: list[tuple[bytes, int, bool]] = field(default_factory=list[tuple[bytes, int, bool]])
    bounds: int = 1000

    @property
    def interrupted(self) -> bool:
        self.bounds -= 1
        return self.bounds < 0

    def set_job(self, text: str, *, count: int | None = None) -> None:
        self.jobs.append(f"{text} of {count}")

    def upscale(self, picture: bytes, upscaler: str, scale: float) -> bytes:
        return picture

    def interrogate(self, picture: bytes, model: str) -> str:
        return "a caption"

    def save(self, picture: bytes, *, seed: int, grid: bool = False) -> None:
        self.saved.append((picture, seed, grid))

    def short_title(self, checkpoint: str) -> str:
        return checkpoint

    def find_checkpoint(self, name: str) -> str | None:
        return f"/models/{name}.safetensors" if name in ("one", "two") else None

    def find_style(self, name: str) -> Style | None:
        return Style(name=name, prompt="oil painting") if name == "oil" else None


def a_request(**changes: Any) -> GenerationRequest:
    values: dict[str, Any] = {
        "prompt": "a red circle",
        "seeds": Seeds(seed=7, subseed=3),
        "checkpoint": "/models/one.safetensors",
        "width": SIZE[0],
        "height": SIZE[1],
    }
    return GenerationRequest(**(values | changes))


def arguments(
    x: tuple[Any, ...] = NOTHING,
    y: tuple[Any, ...] = NOTHING,
    z: tuple[Any, ...] = NOTHING,
    **flags: Any,
) -> tuple[Any, ...]:
    names = ("legend", "images", "sub_grids", "random", "vary_x", "vary_y", "vary_z", "margin", "csv")
    defaults: dict[str, Any] = dict.fromkeys(names, False) | {"margin": 0}
    return (*x, *y, *z, *(defaults | flags).values())


def picture(request: GenerationRequest) -> GenerationResult:
    """A picture whose red is the number of steps."""
    buffer = io.BytesIO()
    Image.new("RGB", SIZE, (request.steps, 0, 0)).save(buffer, "PNG")
    info = {
        "prompt": request.prompt,
        "seed": request.seeds.seed,
        "infotexts": [f"{request.prompt}\nSteps: {request.steps}, Version: {VERSION}"],
        "index_of_first_image": 0,
    }
    return GenerationResult(images=(buffer.getvalue(),), info=info)


def run_plot(
    args: tuple[Any, ...],
    request: GenerationRequest | None = None,
    context: FakeContext | None = None,
    make: Callable[[GenerationRequest], GenerationResult] = picture,
) -> tuple[GenerationResult, list[GenerationRequest]]:
    """The plot's result, and the requests that it made."""
    run = plot(request or a_request(), args, context or FakeContext())
    asked: list[GenerationRequest] = []
    try:
        step = next(run)
        while True:
            asked.append(step)
            try:
                result = make(step)
            except SdapiError as error:
                step = run.throw(error)
            else:
                step = run.send(result)
    except StopIteration as finished:
        return finished.value, asked
