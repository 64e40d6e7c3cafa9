"""The parts of `gpu-check`, one function each."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import torch

from pipelines.contract.requests import GenerationRequest
from pipelines.engine.engine import Engine
from sdapi.cli.commands.measure import post, running_server, with_seed
from sdapi.cli.commands.sharing import run_in_turn, run_together
from tools.gpu_check.bench import Bench
from tools.gpu_check.float8 import float8
from tools.gpu_check.pictures import compare_pictures, controlled


def steps(bench: Bench) -> None:
    """SD1.5: first picture, steps per second by batch in both halves, decoding, encoding."""
    first = bench.request(bench.sd1, bench.scale.sd1_side, bench.scale.steps[0])
    for precision in ("float16", "bfloat16"):
        with bench.engine(precision) as engine:
            figure = bench.once(partial(engine.run, first))
            bench.say(
                figure=f"{precision}: seconds of the first picture, loading included", value=round(figure, 3)
            )
            _steps_by_batch(bench, engine, bench.sd1, bench.scale.sd1_side, precision)
            if precision == "float16":
                _codec(bench, engine, bench.scale.sd1_side)


def sdxl(bench: Bench) -> None:
    """SDXL: the same in fp16, and a change of checkpoint there and back."""
    side = bench.scale.sdxl_side
    with bench.engine() as engine:
        first = bench.request(bench.sdxl, side, bench.scale.steps[0])
        loading = bench.once(partial(engine.run, first))
        bench.say(figure="seconds of the first picture, loading included", value=round(loading, 3))
        _steps_by_batch(bench, engine, bench.sdxl, side, bench.half)
        _codec(bench, engine, side)
    with bench.engine() as engine:
        engine.services.residency.limit = 2
        both = [bench.request(path, bench.scale.sd1_side, 1) for path in (bench.sd1, bench.sdxl)]
        for request in both:
            engine.run(request)
        switched = [bench.once(partial(engine.run, request)) for request in both]
        bench.say(
            figure="seconds of a picture of one step after a change of checkpoint", value=_rounded(switched)
        )


def _steps_by_batch(bench: Bench, engine: Engine, checkpoint: Path, side: int, label: str) -> None:
    few, many = bench.scale.steps
    for batch in bench.scale.batches:
        bench.reset_peak()
        short, long = (
            bench.seconds(partial(engine.run, bench.request(checkpoint, side, count, batch_size=batch)))
            for count in (few, many)
        )
        name = f"{label}: batch {batch}"
        bench.say(figure=f"{name}, steps per second", value=round((many - few) / max(long - short, 1e-9), 2))
        bench.say(figure=f"{name}, seconds of {many} steps", value=round(long, 3))
        bench.say(figure=f"{name}, peak GiB", value=bench.peak_gib())


def _codec(bench: Bench, engine: Engine, side: int) -> None:
    model = engine.services.residency.current
    assert model is not None
    pixels = torch.rand(1, 3, side, side)
    latent = torch.randn(1, model.latents.channels, side // 8, side // 8, device=bench.device)
    bench.say(figure="seconds to encode", value=round(bench.seconds(lambda: model.encode_pixels(pixels)), 4))
    bench.say(figure="seconds to decode", value=round(bench.seconds(lambda: model.decode(latent)), 4))


def networks(bench: Bench) -> None:
    """Seconds with a LoRA that stays, with one that changes, and with a ControlNet."""
    many = bench.scale.steps[1]
    plain = bench.request(bench.sd1, bench.scale.sd1_side, many)
    one, other = (replace(plain, prompt=f"a circle <lora:{path.stem}:1>") for path in bench.loras)
    small = bench.request(bench.small_checkpoint, bench.scale.picture_side, many)
    with bench.engine(extensions=("controlnet",)) as engine:
        kept: Mapping[str, GenerationRequest] = {
            "no network": plain,
            "a LoRA that stays": one,
            "small checkpoint, no ControlNet": small,
            "small checkpoint, a ControlNet": controlled(bench, small),
        }
        seconds = {name: bench.seconds(partial(engine.run, request)) for name, request in kept.items()}
        engine.run(one)
        changes = [bench.once(partial(engine.run, request)) for request in (other, one, other)]
        seconds["another LoRA for every picture"] = median(changes)
        for name, value in seconds.items():
            bench.say(figure=f"seconds of {many} steps, {name}", value=round(value, 3))


def together(bench: Bench) -> None:
    """Jobs that share the device, over the same jobs in turn."""
    few, _ = bench.scale.steps
    with bench.engine() as engine:
        plain = bench.request(bench.sd1, bench.scale.sd1_side, few)
        for count in bench.scale.jobs:
            jobs = [with_seed(plain, number) for number in range(count)]
            bench.reset_peak()
            turns = bench.seconds(partial(run_in_turn, engine, jobs), 1)
            shared = bench.seconds(partial(run_together, engine, jobs), 1)
            bench.say(figure=f"{count} jobs, seconds in turn", value=round(turns, 3))
            bench.say(figure=f"{count} jobs, seconds together", value=round(shared, 3))
            bench.say(figure=f"{count} jobs, peak GiB", value=bench.peak_gib())


def memory(bench: Bench) -> None:
    """Peaks and seconds where parts take turns, and whether a budget holds."""
    request = bench.request(bench.sd1, bench.scale.sd1_side, bench.scale.steps[0])
    modes: Mapping[str, dict[str, Any]] = {
        "normal": {},
        "medvram": {"memory_mode": "medvram"},
        "lowvram": {"memory_mode": "lowvram"},
        "a budget of 3 GiB": {"vram_budget": 3 * 2**30},
    }
    for name, settings in modes.items():
        with bench.engine(**settings) as engine:
            value = bench.seconds(partial(engine.run, request), 1)
            bench.say(figure=f"{name}, seconds of a picture", value=round(value, 3))
            bench.say(figure=f"{name}, peak GiB", value=bench.peak_gib())


def http(bench: Bench) -> None:
    """Seconds until a server's first picture, and pictures per second through it."""
    request = bench.request(bench.sd1, bench.scale.sd1_side, bench.scale.steps[1])
    device = ["--use-cpu", "all"] if bench.device.type == "cpu" else ["--devices", str(bench.device)]
    folders = ["--ckpt-dir", str(bench.sd1.parent), "--data-dir", str(bench.work / "data")]
    count, started = bench.scale.pictures, time.perf_counter()
    with (
        running_server([*device, *folders, "--no-hashing", "--disable-nan-check"]) as address,
        httpx.Client(base_url=address, timeout=None, trust_env=False) as client,
    ):
        post(client, request)
        first = time.perf_counter() - started
        bench.say(figure="seconds from the start of a server to its first picture", value=round(first, 2))
        value = bench.once(lambda: [post(client, with_seed(request, number)) for number in range(count)])
        bench.say(figure="pictures per second, one after the other", value=round(count / value, 3))
        with ThreadPoolExecutor(count) as pool:
            asked = [with_seed(request, count + number) for number in range(count)]
            value = bench.once(lambda: list(pool.map(partial(post, client), asked)))
        bench.say(figure=f"pictures per second, {count} asked for at once", value=round(count / value, 3))


def compiled(bench: Bench) -> None:
    """The UNet compiled, over the UNet as it is; the first picture waits for the compiler."""
    few, many = bench.scale.steps
    for name, on in (("as it is", False), ("compiled", True)):
        with bench.engine(compile_unet=on) as engine:
            requests = [bench.request(bench.sd1, bench.scale.sd1_side, count) for count in (few, many)]
            first = bench.once(partial(engine.run, requests[0]))
            short, long = (bench.seconds(partial(engine.run, request)) for request in requests)
            bench.say(figure=f"{name}, seconds of the first picture", value=round(first, 2))
            rate = (many - few) / max(long - short, 1e-9)
            bench.say(figure=f"{name}, steps per second", value=round(rate, 2))


def graphs(bench: Bench) -> None:
    """Steps per second and peaks with the UNet's kernels in CUDA graphs, and launched one by one."""
    few, many = bench.scale.steps
    for name, on in (("one by one", False), ("in graphs", True)):
        with bench.engine(cuda_graphs=on) as engine:
            for batch in bench.scale.batches:
                requests = [
                    bench.request(bench.sd1, bench.scale.sd1_side, count, batch_size=batch)
                    for count in (few, many)
                ]
                bench.reset_peak()
                short, long = (bench.seconds(partial(engine.run, request)) for request in requests)
                rate = (many - few) / max(long - short, 1e-9)
                bench.say(figure=f"{name}, batch {batch}, steps per second", value=round(rate, 2))
                bench.say(figure=f"{name}, batch {batch}, peak GiB", value=bench.peak_gib())
        with bench.engine(cuda_graphs=on) as engine:
            changed = [
                bench.request(bench.sd1, bench.scale.sd1_side, many, prompt=f"a circle <lora:{path.stem}:1>")
                for path in bench.loras
            ]
            for request in changed:
                engine.run(request)
            seconds = [bench.once(partial(engine.run, request)) for request in changed]
            bench.say(figure=f"{name}, seconds of {many} steps with another LoRA", value=_rounded(seconds))


def _rounded(values: list[float]) -> list[float]:
    return [round(value, 3) for value in values]


MEASURES: Mapping[str, Callable[[Bench], None]] = {
    "steps": steps,
    "pictures": compare_pictures,
    "networks": networks,
    "together": together,
    "memory": memory,
    "sdxl": sdxl,
    "http": http,
    "graphs": graphs,
    "compile": compiled,
    "float8": float8,
}
