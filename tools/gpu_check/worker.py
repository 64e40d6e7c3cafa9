"""The process in which `gpu-check` measures: writes figures as lines of JSON, goes on after failures."""

from __future__ import annotations

import os
import signal
import sys
import time
from argparse import ArgumentParser
from functools import partial
from pathlib import Path

import torch

from tools.gpu_check.bench import TINY, Bench, Scale, tell
from tools.gpu_check.parts import MEASURES


def main(arguments: list[str]) -> int:
    """Measure the parts that are named, in that order."""
    parser = ArgumentParser(prog="gpu_worker")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--device", required=True)
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("parts", nargs="+", choices=MEASURES)
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *given: sys.exit(1))  # so that a server that was started is ended
    os.chdir(Path(__file__).resolve().parents[2])
    device = torch.device(options.device)
    tell(machine=device_facts(device))
    for part in options.parts:
        bench = Bench(
            device=device,
            work=options.work,
            scale=TINY if options.tiny else Scale(),
            tiny=options.tiny,
            say=partial(tell, part=part),
        )
        started = time.monotonic()
        try:
            MEASURES[part](bench)
        except Exception as error:  # whatever it is, the other parts are worth having
            bench.say(note=f"failed: {type(error).__name__}: {str(error)[:300]}")
        tell(part=part, seconds=round(time.monotonic() - started, 1))
    return 0


def device_facts(device: torch.device) -> dict[str, str | int | float]:
    """The GPU and what drives it."""
    if device.type != "cuda":
        return {"gpu": "none"}
    properties = torch.cuda.get_device_properties(device)
    return {
        "gpu": properties.name,
        "gpu_memory_gib": round(properties.total_memory / 2**30, 1),
        "compute_capability": f"{properties.major}.{properties.minor}",
        "cuda": str(torch.version.cuda),
        "cudnn": str(torch.backends.cudnn.version()),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
