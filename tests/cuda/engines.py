"""Engines on the stand-in for a GPU, and what a request costs there."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import torch

from pipelines.contract.requests import GenerationRequest
from pipelines.contract.results import GenerationResult
from pipelines.contract.settings import EngineSettings
from pipelines.engine.engine import Engine
from pipelines.families.precision import Precision
from tests.cuda_stand_in import Traffic, cuda_stand_in
from tests.engines import pixels

HALVES = (torch.float16, torch.bfloat16)
TOLERANCE = {torch.float16: 5.0, torch.bfloat16: 25.0}
"""Mean difference that rounding may make of pictures, of 255."""


@contextmanager
def device_engine(settings: EngineSettings, dtype: torch.dtype = torch.float16) -> Generator[Engine]:
    """An engine on ``cuda:0``; leave the stand-in only after it."""
    engine = Engine(device_settings(settings))
    engine.services.residency.reader.precision = Precision(unet=dtype, text=dtype, vae=dtype)
    yield engine
    engine.close()


def cost(engine: Engine, request: GenerationRequest, counted: Traffic) -> Traffic:
    """The reads, copies and launches of a request."""
    counted.take()
    engine.run(request)
    return counted.take()


def device_settings(settings: EngineSettings) -> EngineSettings:
    """The same on the stand-in, which has no graphs of CUDA's."""
    return replace(settings, device="cuda:0", no_half=False, cuda_graphs=False)


class Pair:
    """An engine on the stand-in in ``dtype``, and one on the CPU in fp32, which stay for several tests."""

    def __init__(self, settings: EngineSettings, dtype: torch.dtype) -> None:
        self.dtype = dtype
        self.plain = Engine(settings)
        with cuda_stand_in():
            self.device = Engine(device_settings(settings))
        self.device.services.residency.reader.precision = Precision(unet=dtype, text=dtype, vae=dtype)

    def difference(self, request: GenerationRequest) -> float:
        """Mean difference of the pictures, of 255; infotexts and warnings are the same."""
        with cuda_stand_in():
            ours = generate(self.device, request)
        theirs = generate(self.plain, request)
        assert len(ours.images) == len(theirs.images)
        assert ours.info["infotexts"] == theirs.info["infotexts"] and ours.warnings == theirs.warnings
        return float(
            np.mean([np.abs(pixels(ours, i) - pixels(theirs, i)).mean() for i in range(len(ours.images))])
        )

    def close(self) -> None:
        """Close both engines."""
        self.plain.close()
        with cuda_stand_in():
            self.device.close()


def generate(engine: Engine, request: GenerationRequest) -> GenerationResult:
    """Run a request and return its result."""
    result = engine.run(request)
    assert isinstance(result, GenerationResult)
    return result
