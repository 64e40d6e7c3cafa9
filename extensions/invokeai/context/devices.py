"""The device of this engine under the names that packs know."""

from __future__ import annotations

from typing import Literal

import torch

CPU_DEVICE = torch.device("cpu")
CUDA_DEVICE = torch.device("cuda")
MPS_DEVICE = torch.device("mps")
PrecisionName = Literal["float32", "float16", "bfloat16"]
_NAMES: dict[torch.dtype, PrecisionName] = {
    torch.float32: "float32",
    torch.float16: "float16",
    torch.bfloat16: "bfloat16",
}


class TorchDevice:
    """Where this engine computes, and in what."""

    CPU_DEVICE = CPU_DEVICE
    CUDA_DEVICE = CUDA_DEVICE
    MPS_DEVICE = MPS_DEVICE
    device = CPU_DEVICE
    dtype = torch.float32

    @classmethod
    def use(cls, device: torch.device, dtype: torch.dtype) -> None:
        """Note what the engine runs on."""
        cls.device, cls.dtype = device, dtype

    @classmethod
    def choose_torch_device(cls) -> torch.device:
        """The device."""
        return cls.device

    @classmethod
    def choose_torch_dtype(cls, device: torch.device | None = None) -> torch.dtype:
        """What networks compute in on a device."""
        return torch.float32 if device is not None and device.type == "cpu" else cls.dtype

    @classmethod
    def get_torch_device_name(cls) -> str:
        """The device's name."""
        if cls.device.type == "cuda":
            return torch.cuda.get_device_name(cls.device)
        return cls.device.type.upper()

    @classmethod
    def empty_cache(cls) -> None:
        """Give memory back that torch keeps."""
        if cls.device.type == "cuda":
            torch.cuda.empty_cache()


def choose_torch_device() -> torch.device:
    """Choose the device that nodes compute on: the engine's."""
    return TorchDevice.choose_torch_device()


def choose_precision(device: torch.device) -> PrecisionName:
    """The name of what networks compute in."""
    return _NAMES[TorchDevice.choose_torch_dtype(device)]
