"""Which device and which number formats an engine works in."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from pipelines.contract.settings import EngineSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """Storage and compute dtype of each part of a model."""

    unet: torch.dtype
    text: torch.dtype
    vae: torch.dtype


FULL = Precision(unet=torch.float32, text=torch.float32, vae=torch.float32)


def choose_device(settings: EngineSettings) -> torch.device:
    """The device of ``settings``; ``auto`` is CUDA where there is one."""
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
    """fp16 on a GPU, as A1111; fp32 where asked for; bf16 for the UNet on CPUs that compute in it.

    On a CPU only the UNet leaves fp32: it takes nearly all the time, and text and pictures stay exact.
    """
    if settings.no_half or settings.precision == "full":
        return FULL
    if device.type == "cpu":
        fast = settings.precision == "half" or computes_bfloat16()
        return Precision(
            unet=torch.bfloat16 if fast else torch.float32, text=torch.float32, vae=torch.float32
        )
    return Precision(
        unet=torch.float16,
        text=torch.float16,
        vae=torch.float32 if settings.no_half_vae else torch.float16,
    )


def computes_bfloat16() -> bool:
    """Whether this CPU has bf16 arithmetic (avx512_bf16 or AMX); emulated, it is slower than fp32."""
    capabilities: dict[str, object] = dict(torch.cpu.get_capabilities())
    return any(bool(capabilities.get(name)) for name in ("avx512_bf16", "amx_bf16", "amx"))
