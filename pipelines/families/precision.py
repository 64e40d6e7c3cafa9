"""The device of an engine, and the number formats it computes in."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from pipelines.contract.settings import EngineSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """Storage and compute dtype of each part of a model."""

    unet: torch.dtype
    text: torch.dtype
    vae: torch.dtype


SMALL = 100_000_000
"""Weights below which converting costs a CPU more than bf16 gains it; SD1.5 has ten times as many."""
FULL = Precision(unet=torch.float32, text=torch.float32, vae=torch.float32)


def choose_device(settings: EngineSettings) -> torch.device:
    """Return the device of ``settings``; ``auto`` is CUDA where there is one."""
    if settings.device != "auto":
        return torch.device(settings.device)
    return torch.device("cuda:0" if torch.cuda.is_available() else "cpu")


def prepare_device(device: torch.device, vram_budget: int | None = None) -> None:
    """Let tensor cores take fp32 products in TF32, as A1111 does even in full precision.

    With a budget, the allocator gives this process no more than that many bytes.
    """
    if device.type == "cuda":
        if vram_budget is not None:
            total = torch.cuda.get_device_properties(device).total_memory
            torch.cuda.set_per_process_memory_fraction(min(1.0, vram_budget / total), device)
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.backends.cudnn.allow_tf32 = True


def choose_precision(settings: EngineSettings, device: torch.device) -> Precision:
    """Choose fp16 on a GPU, as A1111; fp32 where asked for; bf16 for UNet and VAE on CPUs that have it.

    UNet and VAE take nearly all the time; on a CPU the text encoders stay exact.
    """
    if settings.no_half or settings.precision == "full":
        return FULL
    if device.type == "cpu":
        fast = settings.precision == "half" or computes_bfloat16()
        fastest = torch.bfloat16 if fast else torch.float32
        return Precision(
            unet=fastest, text=torch.float32, vae=torch.float32 if settings.no_half_vae else fastest
        )
    return Precision(
        unet=torch.float16,
        text=torch.float16,
        vae=torch.float32 if settings.no_half_vae else torch.float16,
    )


def precision_of(
    numbers: int, chosen: Precision, settings: EngineSettings, device: torch.device
) -> Precision:
    """Return the formats for a model of so many weights: fp32 for a small one on a CPU, else ``chosen``.

    Where half precision is asked for, the small one has it too.
    """
    exact = device.type == "cpu" and settings.precision != "half" and numbers < SMALL
    return FULL if exact else chosen


def lay_out(module: nn.Module, device: torch.device, *, anyway: bool = False) -> None:
    """Put the channels of pictures last where that is faster: in bf16 on a CPU, or ``anyway``."""
    if anyway or (device.type == "cpu" and next(module.parameters()).dtype is torch.bfloat16):
        nn.Module.to(module, memory_format=torch.channels_last)


def computes_bfloat16() -> bool:
    """True if this CPU has bf16 arithmetic (avx512_bf16 or AMX); emulated, it is slower than fp32."""
    capabilities: dict[str, object] = dict(torch.cpu.get_capabilities())
    return any(bool(capabilities.get(name)) for name in ("avx512_bf16", "amx_bf16", "amx"))
