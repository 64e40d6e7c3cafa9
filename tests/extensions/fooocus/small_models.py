"""A models folder on the small checkpoint with a file of every kind that a Fooocus request may ask for."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
from safetensors import safe_open
from safetensors.torch import save_file

from pipelines.catalog.safetensors_header import read_header
from tests.engines import CHECKPOINT
from tests.extensions.controlnet import ip_files
from tests.pipelines.postprocess.interrogate.test_captions import save_blip
from tests.running import running

ADAPTERS = ("ip-adapter-plus_sd15", "ip-adapter-plus-face_sd15")


def write_models(small: Path, folder: Path, *, side: int = 64) -> Path:
    """Copy the small models; ``side`` is what the checkpoint says that it was made for, in pixels."""
    shutil.copytree(small, folder)
    checkpoint = folder / "Stable-diffusion" / CHECKPOINT
    shapes = read_header(checkpoint).shapes()
    _say_resolution(small / "Stable-diffusion" / CHECKPOINT, checkpoint, side)
    nets = folder / "ControlNet"
    shutil.copyfile(nets / "tiny-control-canny.safetensors", nets / "fooocus_xl_cpds_128.safetensors")
    for seed, name in enumerate(ADAPTERS):
        parts = ip_files.tensors_for(ip_files.key_shapes(shapes), "plus", seed)
        ip_files.write_parts(parts, nets / f"{name}.safetensors")
    ip_files.tiny_tower(folder / "ControlNetPreprocessor" / "clip_h")
    save_blip(folder / "BLIP" / "tiny")
    return folder


def _say_resolution(source: Path, target: Path, side: int) -> None:
    target.unlink()
    with safe_open(source, framework="pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        metadata = dict(file.metadata() or {})
    save_file(tensors, target, metadata={**metadata, "modelspec.resolution": f"{side}x{side}"})


@contextmanager
def equipped(root: Path, small: Path, folder: Path) -> Generator[httpx.Client]:
    """A server on such models, for pictures of 64 pixels."""
    data = folder / "data"
    data.mkdir()
    with running(root, write_models(small, folder / "models"), data, threads=1) as client:
        yield client
