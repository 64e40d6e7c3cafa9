"""Time Fooocus-API's dialect and A1111's at queueing a job for the same work.

usage: python -m tools.measure_translation [--rounds 40] [--save FILE] [-- flags of the server]

One long generation keeps the engine busy; jobs are queued behind it in turns, and never run.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from PIL import Image

from sdapi.cli.commands.machine import describe_machine, describe_versions
from sdapi.cli.commands.measure import running_server

LONG = {"prompt": "a", "steps": 150, "width": 256, "height": 256, "n_iter": 50}
SIZE = {"overwrite_width": 64, "overwrite_height": 64}


def main() -> None:
    """Print the medians of both dialects and their difference, in milliseconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--save", type=Path)
    parser.add_argument("flags", nargs="*")
    options = parser.parse_args()
    with running_server(options.flags) as address, busy(address) as client:
        table = {name: measure(client, *pair, options.rounds) for name, pair in cases().items()}
    report = {
        "command": "python -m tools.measure_translation",
        "milliseconds": table,
        "machine": describe_machine(),
        "versions": describe_versions(),
    }
    print(json.dumps(report, indent=2))
    if options.save:
        options.save.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def cases() -> dict[str, tuple[tuple[str, Mapping[str, Any]], tuple[str, Mapping[str, Any]]]]:
    """By name: A1111's route and body, and Fooocus' for the same work."""
    picture, mask = drawn((90, 120, 60), 1024), drawn((255, 255, 255), 1024)
    ours = {"prompt": "a cat\nin the rain", "async_process": True, "advanced_params": SIZE}
    theirs = {"prompt": "a cat", "steps": 30, "width": 64, "height": 64, "async": True}
    generation = "/v2/generation"
    return {
        "words": (
            ("/sdapi/v1/txt2img", theirs),
            ("/v1/generation/text-to-image", {**ours, "image_number": 4}),
        ),
        "a picture of 1024 pixels": (
            ("/sdapi/v1/img2img", {**theirs, "init_images": [picture]}),
            (
                f"{generation}/image-upscale-vary",
                {**ours, "input_image": picture, "uov_method": "Vary (Subtle)"},
            ),
        ),
        "a picture and a mask": (
            ("/sdapi/v1/img2img", {**theirs, "init_images": [picture], "mask": mask}),
            (f"{generation}/image-inpaint-outpaint", {**ours, "input_image": picture, "input_mask": mask}),
        ),
    }


def drawn(colour: tuple[int, int, int], side: int) -> str:
    """A picture in base64."""
    buffer = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode("ascii")


@contextmanager
def busy(address: str) -> Generator[httpx.Client]:
    """A client of a server whose engine is at work."""
    with httpx.Client(base_url=address, timeout=None, trust_env=False) as client:
        worker = threading.Thread(target=lambda: client.post("/sdapi/v1/txt2img", json=LONG), daemon=True)
        worker.start()
        while not client.get("/sdapi/v1/progress").json()["state"]["sampling_step"]:
            time.sleep(0.1)
        yield client


def measure(
    client: httpx.Client,
    theirs: tuple[str, Mapping[str, Any]],
    ours: tuple[str, Mapping[str, Any]],
    rounds: int,
) -> dict[str, float]:
    """Queue both in turns; the first of each isn't counted."""
    taken: dict[str, list[float]] = {"a1111": [], "fooocus": []}
    for _ in range(rounds + 1):
        for name, (path, body) in (("a1111", theirs), ("fooocus", ours)):
            start = time.perf_counter()
            client.post(path, json=body).raise_for_status()
            taken[name].append(1000 * (time.perf_counter() - start))
    found = {name: round(median(times[1:]), 2) for name, times in taken.items()}
    return {**found, "more": round(found["fooocus"] - found["a1111"], 2)}


if __name__ == "__main__":
    main()
