"""Measures the gain and loss of a CPU with halves, and the first use of a checkpoint without a known hash.

usage: python -m tools.measure_cpu [--side 512] [--rounds 3] [--work FOLDER] [--save FILE]
Writes a checkpoint of SD1.5's size (2 GB) with random weights into ``--work`` and leaves it there.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from pipelines.catalog.hashes import HashCache
from pipelines.contract.options import OutputOptions
from pipelines.contract.requests import GenerationRequest, Seeds
from pipelines.contract.results import GenerationResult
from pipelines.contract.settings import EngineSettings, Folders
from pipelines.engine.engine import Engine
from pipelines.families.load import load_checkpoint
from pipelines.families.loading.vae import build_vae
from pipelines.families.precision import Precision, computes_bfloat16
from pipelines.generation.decode import to_picture
from pipelines.pictures.reading.opening import open_picture
from sdapi.cli.commands.machine import describe_machine, describe_versions
from tools.measure_full_size import write_random
from tools.published import VAE, sd1_checkpoint

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "models" / "Stable-diffusion" / "demo.safetensors"
PROMPTS = ("a red circle", "a blue square on a yellow background", "a green triangle", "two orange stars")
BF16 = Precision(unet=torch.bfloat16, text=torch.float32, vae=torch.bfloat16)


def main() -> None:
    """Measure part by part, print the report, and save it if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "sdapi-full-size")
    parser.add_argument("--save", type=Path)
    options = parser.parse_args()
    torch.set_grad_enabled(False)
    report: dict[str, Any] = {
        "command": f"python -m tools.measure_cpu --side {options.side} --rounds {options.rounds}",
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            **describe_machine(),
            "computes_bfloat16": computes_bfloat16(),
            "threads": torch.get_num_threads(),
        },
        "versions": describe_versions(),
    }
    parts: dict[str, Callable[[], dict[str, float]]] = {
        "error_of_bf16_decoding": decoding_error,
        "first_use_seconds": lambda: first_use_seconds(options.work, options.rounds),
        "decode_seconds": lambda: decode_seconds(options.side, options.rounds),
    }
    for name, measure in parts.items():
        report[name] = measure()
        text = json.dumps(report, indent=2)
        print(text, flush=True)
        if options.save:
            options.save.write_text(text + "\n", encoding="utf-8")


def decoding_error() -> dict[str, float]:
    """Differences of the demo's pictures when decoded in bf16, in levels of 255."""
    latents = demo_latents()
    exact, rough = load_checkpoint(DEMO), load_checkpoint(DEMO, precision=BF16)
    nn.Module.to(rough.codec.module, memory_format=torch.channels_last)
    off = np.stack([difference(exact.decode(item), rough.decode(item)) for item in latents])
    return {
        "pictures": len(latents),
        "mean": round(float(off.mean()), 3),
        "percentile_99.9": float(np.percentile(off, 99.9)),
        "max": float(off.max()),
    }


def demo_latents() -> list[Tensor]:
    """Latents of pictures that the demo checkpoint draws in fp32."""
    with tempfile.TemporaryDirectory() as data:
        folders = Folders(
            data=Path(data),
            models=ROOT / "models",
            checkpoints=(DEMO.parent,),
            vaes=(),
            loras=(),
            embeddings=(),
            hypernetworks=(),
        )
        engine = Engine(EngineSettings(folders=folders, device="cpu", no_half=True))
        pictures = [picture for prompt in PROMPTS for picture in drawn(engine, prompt)]
        model = load_checkpoint(DEMO)
        engine.close()
    pixels = [torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None] / 255 for picture in pictures]
    return [model.encode_pixels(item) for item in pixels]


def drawn(engine: Engine, prompt: str) -> list[Image.Image]:
    """Two RGB pictures of a prompt."""
    quiet = OutputOptions(return_grid=False, live_previews_enable=False)
    result = engine.run(
        GenerationRequest(
            prompt=prompt,
            seeds=Seeds(seed=1, subseed=1),
            checkpoint=str(DEMO),
            sampler="Euler a",
            steps=20,
            width=128,
            height=128,
            batch_size=2,
            output=quiet,
        )
    )
    assert isinstance(result, GenerationResult)
    return [open_picture(data).convert("RGB") for data in result.images]


def difference(one: Tensor, other: Tensor) -> np.ndarray[Any, np.dtype[np.int16]]:
    """Absolute differences of two decoded pictures, in the levels of 255 in which they are saved."""
    first, second = (np.asarray(to_picture(picture[0])).astype(np.int16) for picture in (one, other))
    return np.abs(first - second)


def decode_seconds(side: int, rounds: int) -> dict[str, float]:
    """Seconds to decode a picture by a VAE of published size, by number format and memory layout."""
    cells = torch.randn(1, 4, side // 8, side // 8)
    found: dict[str, float] = {}
    for dtype, name in ((torch.float32, "fp32"), (torch.bfloat16, "bf16")):
        for layout, suffix in (
            (torch.contiguous_format, ""),
            (torch.channels_last, " channels last"),
        ):
            vae: Any = nn.Module.to(build_vae(VAE).to_empty(device="cpu"), dtype)
            for parameter in vae.parameters():
                parameter.fill_(0.01)
            nn.Module.to(vae, memory_format=layout)
            given = cells.to(dtype)
            found[name + suffix] = median(rounds, partial(vae.decode, given))
    return found


def first_use_seconds(work: Path, rounds: int) -> dict[str, float]:
    """Seconds to read SD1.5 and its hash: one after the other, and with the hash on another thread."""
    work.mkdir(parents=True, exist_ok=True)
    path = work / "sd15.safetensors"
    write_random(path, sd1_checkpoint)
    path.read_bytes()  # into the page cache
    with tempfile.TemporaryDirectory() as folder:
        tables = (Path(folder) / f"{number}.json" for number in range(100))

        def used(together: bool) -> None:
            hashes = HashCache(next(tables))
            if together:
                hashes.begin(path)
            load_checkpoint(path, precision=BF16)
            hashes.sha256(path)

        return {
            "weights": median(rounds, lambda: load_checkpoint(path, precision=BF16)),
            "hash": median(rounds, lambda: HashCache(next(tables)).sha256(path)),
            "one after the other": median(rounds, lambda: used(together=False)),
            "together": median(rounds, lambda: used(together=True)),
        }


def median(rounds: int, work: Callable[[], object]) -> float:
    """The median seconds of the rounds, after one that doesn't count."""
    work()
    taken: list[float] = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return round(statistics.median(taken), 3)


if __name__ == "__main__":
    main()
