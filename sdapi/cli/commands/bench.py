"""`launch.py bench`: seconds per step, pictures per minute, the cost of HTTP, the gain of sharing."""

from __future__ import annotations

import json
import re
import shlex
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.contract.errors import SdapiError
from pipelines.contract.requests import GenerationRequest
from pipelines.contract.settings import EngineSettings
from sdapi.cli.commands.drawing import add_drawing_arguments, drawing_request
from sdapi.cli.flag_settings import settings_from_flags
from sdapi.flags.parse import parse_flags

FOLDER = Path(__file__).resolve().parents[3] / "benchmarks"
PROMPT = "a red circle on a white background"
SEED = 1
TOGETHER = 4
"""Jobs whose model calls share a batch, in the figure of the gain."""


def make_parser() -> ArgumentParser:
    """The command's own arguments; the rest are the server's flags."""
    parser = ArgumentParser(
        prog="launch.py bench",
        description="Time the same pictures by the bare engine and through a server.",
        epilog="The server's flags (--data-dir, --use-cpu, --no-half ...) may follow.",
        allow_abbrev=False,
    )
    parser.add_argument("--prompt", default=PROMPT)
    parser.add_argument(
        "--pictures", type=int, default=5, help="pictures that are timed, after one to warm up"
    )
    parser.add_argument(
        "--together", type=int, default=TOGETHER, help="jobs that share the device; 1 leaves this out"
    )
    parser.add_argument("--save", action="store_true", help="write the figures to benchmarks/")
    add_drawing_arguments(parser)
    parser.set_defaults(seed=SEED)
    return parser


def main(arguments: list[str]) -> int:
    """Measure, print, and save if asked to."""
    parser = make_parser()
    chosen, rest = parser.parse_known_args(arguments)
    if chosen.steps < 3:
        parser.error("--steps: at least 3 are needed to time a step")
    settings = settings_from_flags(parse_flags(rest))
    try:
        request = drawing_request(chosen, settings, chosen.prompt, "png")
        report = measure(settings, rest, request, max(chosen.pictures, 1))
        if chosen.together > 1:
            report |= measure_sharing(settings, request, chosen)
    except SdapiError as error:
        print(f"bench: {error.message}", file=sys.stderr)
        return 1
    report = {"command": command_of(arguments)} | report
    print(summary(report))
    if chosen.save:
        print(save(report))
    return 0


def measure(
    settings: EngineSettings, flags: list[str], request: GenerationRequest, count: int
) -> dict[str, Any]:
    """Run both ways and collect figures, machine and versions."""
    from sdapi.cli.commands.machine import describe_machine, describe_versions
    from sdapi.cli.commands.measure import overhead, time_both

    loop, served = time_both(settings, flags, request, count)
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": describe_machine(gpu_name()),
        "versions": describe_versions(),
        "workload": workload(request) | {"pictures": count},
        "loop": {
            "seconds_per_step": round(loop.per_step, 5),
            "seconds_per_picture": round(loop.per_picture, 4),
            "pictures_per_minute": round(loop.per_minute(request.batch_size), 2),
        },
        "http": {
            "seconds_per_picture": round(served.per_picture, 4),
            "pictures_per_minute": round(served.per_minute(request.batch_size), 2),
            "overhead_seconds": round(overhead(loop, served), 4),
        },
    }


def measure_sharing(
    settings: EngineSettings, request: GenerationRequest, chosen: Namespace
) -> dict[str, Any]:
    """Time jobs that share every model call against the same jobs one after the other."""
    from sdapi.cli.commands.sharing import time_sharing

    sharing = time_sharing(settings, request, chosen.together, max(chosen.pictures, 1))
    return {
        "sharing": {
            "jobs": sharing.jobs,
            "seconds_in_turn": round(sharing.in_turn, 4),
            "seconds_together": round(sharing.together, 4),
            "gain": round(sharing.gain, 3),
        }
    }


def command_of(arguments: Sequence[str]) -> str:
    """The command line, paths shortened to their last part, as reports are published."""
    names = (Path(word).name if Path(word).is_absolute() else word for word in arguments)
    return shlex.join(["python3", "launch.py", "bench", *names])


def workload(request: GenerationRequest) -> dict[str, Any]:
    """Describe what was drawn, for the report."""
    return {
        "checkpoint": Path(request.checkpoint).name,
        "size": f"{request.width}x{request.height}",
        "steps": request.steps,
        "batch_size": request.batch_size,
        "sampler": request.sampler,
        "scheduler": request.scheduler,
        "cfg_scale": request.cfg_scale,
    }


def gpu_name() -> str | None:
    """The first CUDA device's name."""
    import torch

    return torch.cuda.get_device_name(0) if torch.cuda.is_available() else None


def summary(report: dict[str, Any]) -> str:
    """The figures in a few lines."""
    machine, work, loop, http = (report[part] for part in ("machine", "workload", "loop", "http"))
    share = 100 * http["overhead_seconds"] / loop["seconds_per_picture"]
    return "\n".join(
        (
            f"machine   {machine['cpu']}, {machine['cores']} cores, GPU: {machine['gpu']}",
            f"workload  {work['checkpoint']}, {work['size']}, {work['steps']} steps, {work['sampler']},"
            f" batch of {work['batch_size']}",
            f"loop      {loop['seconds_per_step']:.4f} s/step, {loop['seconds_per_picture']:.3f} s a request,"
            f" {loop['pictures_per_minute']:.1f} pictures/minute",
            f"HTTP      {http['seconds_per_picture']:.3f} s a request,"
            f" {http['pictures_per_minute']:.1f} pictures/minute",
            f"overhead  {1000 * http['overhead_seconds']:.1f} ms a request ({share:.1f} %)",
            *([sharing_line(report["sharing"])] if "sharing" in report else []),
        )
    )


def sharing_line(sharing: dict[str, Any]) -> str:
    """The gain of sharing the device, in a line."""
    return (
        f"sharing   {sharing['jobs']} jobs: {sharing['seconds_in_turn']:.3f} s in turn,"
        f" {sharing['seconds_together']:.3f} s together, {sharing['gain']:.2f} times as fast"
    )


def save(report: dict[str, Any], folder: Path = FOLDER) -> Path:
    """Write the report under a name made of the workload and the device."""
    work, machine = report["workload"], report["machine"]
    device = machine["cpu"] if machine["gpu"] == "none" else machine["gpu"]
    name = (
        f"{Path(work['checkpoint']).stem} {work['size']} {work['steps']} batch{work['batch_size']} {device}"
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-") + ".json")
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return path
