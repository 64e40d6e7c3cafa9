"""Options and files of the trainings on top of the finished demo checkpoint."""

import argparse
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

CHECKPOINT = Path("models/Stable-diffusion/demo.safetensors")


def parse_options(parser: argparse.ArgumentParser, steps: int) -> argparse.Namespace:
    """Adds the options that these trainings share, reads the command line and sets the threads."""
    parser.add_argument("checkpoint", type=Path, nargs="?", default=CHECKPOINT)
    parser.add_argument("--steps", type=int, default=steps)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    return options


def save_half(weights: Mapping[str, Tensor], path: Path, **metadata: str) -> None:
    """Writes weights in half precision."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = {name: weight.detach().half().contiguous() for name, weight in weights.items()}
    save_file(half, path, metadata=metadata)
