"""Measures full-size checkpoints with random weights: loading SD1.5 and SDXL, and changing a LoRA on SD1.5.

usage: python -m tools.measure_full_size [--work FOLDER] [--save FILE]
Needs 10 GB of disk for its files and leaves them there.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from pipelines.contract.options import OutputOptions
from pipelines.contract.requests import GenerationRequest, Seeds
from pipelines.contract.settings import EngineSettings, Folders
from pipelines.engine.engine import Engine
from pipelines.families.load import load_checkpoint
from pipelines.families.precision import Precision
from sdapi.cli.commands.machine import describe_machine, describe_versions
from tools.published import SD1, Shapes, sd1_checkpoint, sdxl_checkpoint, unet_shapes

HALF = Precision(unet=torch.float16, text=torch.float16, vae=torch.float16)
FAMILIES = {"sd15": sd1_checkpoint, "sdxl": sdxl_checkpoint}
RANK = 16


def main() -> None:
    """Write the files that are missing, then measure each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "sdapi-full-size")
    parser.add_argument("--save", type=Path)
    parser.add_argument("--part", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        print(json.dumps(measure(options.part, options.work)))
        return
    write_files(options.work)
    parts = ("load sd15", "load sdxl", "lora fp32", "lora bf16")
    report: dict[str, Any] = {"command": "python -m tools.measure_full_size"}
    report |= {part: in_own_process(part, options.work) for part in parts}
    report |= {"machine": describe_machine(), "versions": describe_versions()}
    text = json.dumps(report, indent=2)
    print(text)
    if options.save:
        options.save.write_text(text + "\n", encoding="utf-8")


def in_own_process(part: str, work: Path) -> dict[str, float]:
    """One measurement where nothing else is in memory."""
    command = [sys.executable, "-m", "tools.measure_full_size", "--work", str(work), "--part", part]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result: dict[str, float] = json.loads(output.splitlines()[-1])
    return result


def measure(part: str, work: Path) -> dict[str, float]:
    """``load sd15``, ``load sdxl``, ``lora fp32`` or ``lora bf16``."""
    kind, name = part.split()
    return (
        measure_load(work / f"{name}.safetensors") if kind == "load" else measure_lora(work, name == "bf16")
    )


def write_files(work: Path) -> None:
    """Random half-precision checkpoints and two LoRAs, unless they are there."""
    work.mkdir(parents=True, exist_ok=True)
    for name, shapes in FAMILIES.items():
        write_random(work / f"{name}.safetensors", shapes)
    for name in ("first", "second"):
        write_random(work / f"{name}.safetensors", lora_shapes)


def write_random(path: Path, shapes: Any) -> None:
    """Half-precision normal noise, small enough for a network to stay finite."""
    if not path.exists():
        torch.manual_seed(len(path.name))
        save_file({name: (0.02 * torch.randn(shape)).half() for name, shape in shapes().items()}, path)


def lora_shapes() -> Shapes:
    """A rank 16 LoRA of all attention layers of SD1.5's UNet, as kohya's trainer writes it."""
    shapes: Shapes = {}
    for name, shape in unet_shapes(SD1, heads=8).items():
        if name.endswith(".weight") and ("transformer_blocks" in name or ".proj_" in name) and len(shape) > 1:
            key = "lora_unet_" + name.removesuffix(".weight").replace(".", "_")
            shapes[f"{key}.lora_down.weight"] = (RANK, *shape[1:])
            shapes[f"{key}.lora_up.weight"] = (shape[0], RANK, *(1,) * (len(shape) - 2))
    return shapes


def measure_load(path: Path) -> dict[str, float]:
    """Seconds of the second load (the first fills the page cache) and the process's greatest size."""
    load_checkpoint(path, precision=HALF)
    before = peak_gigabytes()
    started = time.perf_counter()
    model = load_checkpoint(path, precision=HALF)
    seconds = time.perf_counter() - started
    return {
        "seconds": round(seconds, 2),
        "weights_gb": round(model.bytes() / 1e9, 2),
        "peak_rss_gb": round(max(before, peak_gigabytes()), 2),
    }


def peak_gigabytes() -> float:
    """Greatest resident size so far; mapped file pages count.

    The kernel's VmHWM, since ru_maxrss of a child process begins at its parent's.
    """
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
    return int(line.split()[1]) * 1024 / 1e9


def measure_lora(work: Path, bf16: bool) -> dict[str, float]:
    """Seconds that another LoRA adds to a request over the same one: a 64x64 picture of one step."""
    engine = Engine(settings_for(work, bf16))
    plain = GenerationRequest(
        seeds=Seeds(seed=1, subseed=1),
        checkpoint=str(work / "sd15.safetensors"),
        steps=1,
        width=64,
        height=64,
        output=OutputOptions(live_previews_enable=False),
    )

    def seconds(lora: str) -> float:
        started = time.perf_counter()
        engine.run(replace(plain, prompt=f"a <lora:{lora}:1>"))
        return time.perf_counter() - started

    for name in ("first", "second"):  # reads both files
        seconds(name)
    changed = [seconds(name) for name in ("first", "second") * 2]
    same = [seconds("second") for _ in range(3)]
    return {
        "change_seconds": round(sorted(changed)[1] - min(same), 2),
        "request_seconds": round(min(same), 2),
    }


def settings_for(work: Path, bf16: bool) -> EngineSettings:
    """A CPU engine that finds the files."""
    folders = Folders(
        data=work, models=work, checkpoints=(work,), vaes=(), loras=(work,), embeddings=(), hypernetworks=()
    )
    precision = "half" if bf16 else "full"
    return EngineSettings(folders=folders, device="cpu", no_half=not bf16, precision=precision, hashing=False)


if __name__ == "__main__":
    main()
