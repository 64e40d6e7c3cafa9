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
    """The engine's device and data type, kept on the class as packs read them there."""

    CPU_DEVICE = CPU_DEVICE
    CUDA_DEVICE = CUDA_DEVICE
    MPS_DEVICE = MPS_DEVICE
    device = CPU_DEVICE
    dtype = torch.float32

    @classmethod
    def use(cls, device: torch.device, dtype: torch.dtype) -> None:
        """Set the device and data type that the engine computes with."""
        cls.device, cls.dtype = device, dtype

    @classmethod
    def choose_torch_device(cls) -> torch.device:
        """Return the engine's device."""
        return cls.device

    @classmethod
    def choose_torch_dtype(cls, device: torch.device | None = None) -> torch.dtype:
        """Return the data type that networks compute in on a device: float32 on a CPU, else the engine's."""
        return torch.float32 if device is not None and device.type == "cpu" else cls.dtype

    @classmethod
    def get_torch_device_name(cls) -> str:
        """Return the name of the engine's device, such as ``NVIDIA H200`` or ``CPU``."""
        if cls.device.type == "cuda":
            return torch.cuda.get_device_name(cls.device)
        return cls.device.type.upper()

    @classmethod
    def empty_cache(cls) -> None:
        """Give unused GPU memory that torch keeps back to the driver."""
        if cls.device.type == "cuda":
            torch.cuda.empty_cache()


def choose_torch_device() -> torch.device:
    """Return the device that nodes compute on: the engine's."""
    return TorchDevice.choose_torch_device()


def choose_precision(device: torch.device) -> PrecisionName:
    """Return the name of the data type that networks compute in on a device."""
    return _NAMES[TorchDevice.choose_torch_dtype(device)]
