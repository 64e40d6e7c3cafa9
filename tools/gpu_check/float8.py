"""Speed and error of the UNet's linear layers in 8-bit floats (torchao)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor

from pipelines.families.model import LoadedModel
from tools.gpu_check.bench import Bench


def float8(bench: Bench) -> None:
    """Steps per second before and after, and the error of one answer of the network."""
    if find_spec("torchao") is None:
        bench.say(note="torchao is not installed")
        return
    quantization: Any = import_module("torchao.quantization")
    few, many = bench.scale.steps
    with bench.engine("bfloat16") as engine:
        requests = [bench.request(bench.sd1, bench.scale.sd1_side, count) for count in (few, many)]
        engine.run(requests[0])
        model = engine.services.residency.current
        assert model is not None
        answers: list[Tensor] = []
        ways: dict[str, Callable[[], object]] = {
            "bfloat16": lambda: None,
            "float8": lambda: quantization.quantize_(
                model.unet, quantization.Float8DynamicActivationFloat8WeightConfig()
            ),
        }
        for name, change in ways.items():
            change()
            answers.append(answer(model, bench))
            short, long = (bench.seconds(partial(engine.run, request)) for request in requests)
            rate = (many - few) / max(long - short, 1e-9)
            bench.say(figure=f"{name}, steps per second", value=round(rate, 2))
        exact, rounded = answers
        error = (rounded - exact).norm() / exact.norm()
        bench.say(figure="relative error of the network's answer", value=round(float(error), 4))


def answer(model: LoadedModel, bench: Bench) -> Tensor:
    """The network's answer to fixed noise, in fp32."""
    generator = torch.Generator().manual_seed(1)
    side = model.latents.cells(bench.scale.sd1_side)
    noise = torch.randn(2, model.latents.channels, side, side, generator=generator)
    context = torch.randn(2, 77, model.context_width, generator=generator)
    return model.predict(noise, torch.full((2,), 500.0), context).float().cpu()
