"""The bench that the parts of `gpu-check` share: weights, engines, requests, seconds, peaks of memory."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from pipelines.contract.options import OutputOptions
from pipelines.contract.requests import GenerationRequest, Seeds
from pipelines.contract.settings import EngineSettings, Folders
from pipelines.engine.engine import Engine
from pipelines.families.precision import Precision

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests" / "data" / "models"
MODELS = ROOT / "models"
GIB = 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The size of the work. ``steps``: of a shorter and of a longer pass, which differ in nothing else."""

    sd1_side: int = 512
    sdxl_side: int = 1024
    steps: tuple[int, int] = (10, 30)
    batches: tuple[int, ...] = (1, 4, 8)
    jobs: tuple[int, ...] = (2, 4, 8)
    pictures: int = 8
    picture_side: int = 128


TINY = Scale(sd1_side=64, sdxl_side=64, steps=(1, 2), batches=(1, 2), jobs=(2,), pictures=1, picture_side=64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """One run on one device; ``say`` writes a figure or a note as soon as it is known."""

    device: torch.device
    work: Path
    scale: Scale
    tiny: bool
    say: Callable[..., None]

    @property
    def sd1(self) -> Path:
        """A checkpoint of SD1.5's size, random unless tiny."""
        return self._random("sd15", TESTS / "Stable-diffusion" / "tiny-sd1.safetensors")

    @property
    def sdxl(self) -> Path:
        """A checkpoint of SDXL's size."""
        return self._random("sdxl", TESTS / "Stable-diffusion" / "tiny-sd1.safetensors")

    @property
    def small_checkpoint(self) -> Path:
        """The demo checkpoint, or the one of the tests."""
        demo = MODELS / "Stable-diffusion" / "demo.safetensors"
        tiny = self.tiny or not demo.exists()
        return TESTS / "Stable-diffusion" / "tiny-sd1.safetensors" if tiny else demo

    @property
    def loras(self) -> tuple[Path, Path]:
        """Two networks for ``sd1``."""
        names = ("tiny-lora-unet-te", "tiny-lora-conv")
        first, second = (TESTS / "Lora" / f"{name}.safetensors" for name in names)
        return self._random("first-lora", first), self._random("second-lora", second)

    def _random(self, name: str, tiny: Path) -> Path:
        """The file of random weights, written if it is not there."""
        if self.tiny:
            return tiny
        from tools.gpu_check.weights import write_weights

        return write_weights(name, self.work)

    @property
    def half(self) -> str:
        """Name of the half precision that suits the device: A1111's on a GPU."""
        return "bfloat16" if self.device.type == "cpu" else "float16"

    @contextmanager
    def engine(self, precision: str | None = None, **settings: Any) -> Generator[Engine]:
        """An engine on the device; its memory is counted from here."""
        made = Engine(replace(self.settings(), **settings))
        dtype: torch.dtype = getattr(torch, precision or self.half)
        residency = made.services.residency
        residency.reader.precision = Precision(unet=dtype, text=dtype, vae=dtype)
        residency.reader.settings = replace(
            residency.reader.settings, precision="half"
        )  # for small weights too
        self.reset_peak()
        try:
            yield made
        finally:
            made.close()

    def settings(self) -> EngineSettings:
        """Every folder with weights; numbers of random weights are not checked."""
        folders = Folders(
            data=self.work / "data",
            models=self.work,
            checkpoints=(self.work, MODELS / "Stable-diffusion", TESTS / "Stable-diffusion"),
            vaes=(),
            loras=(self.work, MODELS / "Lora", TESTS / "Lora"),
            embeddings=(),
            hypernetworks=(TESTS / "hypernetworks",),
        )
        return EngineSettings(
            folders=folders,
            device=str(self.device),
            hashing=False,
            nan_check=False,
            extension_flags={"controlnet_dir": str(self.small_checkpoint.parents[1] / "ControlNet")},
        )

    def request(self, checkpoint: Path, side: int, steps: int, **changes: Any) -> GenerationRequest:
        """A picture without previews."""
        plain = GenerationRequest(
            prompt="a red circle on a white background",
            seeds=Seeds(seed=1, subseed=1),
            checkpoint=str(checkpoint),
            sampler="DPM++ 2M",
            steps=steps,
            width=side,
            height=side,
            output=OutputOptions(live_previews_enable=False, return_grid=False),
        )
        return replace(plain, **changes)

    def seconds(self, action: Callable[[], object], times: int = 2) -> float:
        """The shortest of some runs after one that warms up, with the device's work done."""
        action()
        return min(self.once(action) for _ in range(times))

    def once(self, action: Callable[[], object]) -> float:
        """Seconds of one run."""
        self.wait()
        started = time.perf_counter()
        action()
        self.wait()
        return time.perf_counter() - started

    def wait(self) -> None:
        """Let the device finish."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)

    def reset_peak(self) -> None:
        """Count the peak of device memory from here."""
        if self.device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(self.device)

    def peak_gib(self) -> float:
        """The most that tensors took of the device since then."""
        taken = torch.cuda.max_memory_allocated(self.device) if self.device.type == "cuda" else 0
        return round(taken / GIB, 3)


def tell(**news: Any) -> None:
    """Write a line of JSON for the process that collects the report."""
    print(json.dumps(news), flush=True)
