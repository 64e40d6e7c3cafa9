"""Packs are given the engine's device, and what networks compute in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from extensions.invokeai.context.devices import TorchDevice, choose_precision, choose_torch_device

CPU, CUDA = torch.device("cpu"), torch.device("cuda", 1)


@pytest.fixture(autouse=True)
def device() -> Iterator[None]:
    """The device before a test is that after it."""
    before = TorchDevice.device, TorchDevice.dtype
    yield
    TorchDevice.use(*before)


def test_the_device_is_the_engines() -> None:
    TorchDevice.use(CUDA, torch.bfloat16)
    assert choose_torch_device() == CUDA == TorchDevice.choose_torch_device()
    assert TorchDevice.choose_torch_dtype() == torch.bfloat16
    assert choose_precision(CUDA) == "bfloat16"


def test_a_cpu_computes_in_float32_beside_a_gpu() -> None:
    TorchDevice.use(CUDA, torch.float16)
    assert TorchDevice.choose_torch_dtype(CPU) == torch.float32
    assert (choose_precision(CPU), choose_precision(CUDA)) == ("float32", "float16")


def test_a_device_without_a_gpu_has_its_kind_as_name() -> None:
    TorchDevice.use(CPU, torch.float32)
    TorchDevice.empty_cache()
    assert TorchDevice.get_torch_device_name() == "CPU"


def test_a_gpu_is_called_by_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def named(device: torch.device) -> str:
        return f"card {device.index}"

    monkeypatch.setattr(torch.cuda, "get_device_name", named)
    TorchDevice.use(CUDA, torch.float16)
    assert TorchDevice.get_torch_device_name() == "card 1"
