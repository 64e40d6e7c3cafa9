"""The stand-in refuses, counts and leaves as it should, or the other tests here would prove nothing."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor, nn

from tests.cuda_stand_in import CUDA, DeviceTensor, cuda_stand_in


def on_device(*shape: int) -> Tensor:
    return torch.ones(shape, device="cuda:0")


def test_tensors_stay_on_the_device() -> None:
    with cuda_stand_in():
        made = (on_device(2, 3) @ torch.ones(3, 2).to("cuda:0")).relu()[0].half()
        assert made.device == CUDA and made.dtype is torch.float16
        assert made.cpu().tolist() == [3.0, 3.0] and made.cpu().device.type == "cpu"
        assert torch.tensor([1.0], device="cuda:0").device == torch.zeros(1).to(made).device == CUDA


def test_mixed_devices_are_refused() -> None:
    with cuda_stand_in():
        tensor = on_device(3)
        for mixed in (
            lambda: tensor + torch.ones(3),
            lambda: torch.cat([tensor, torch.ones(3)]),
            lambda: nn.functional.linear(on_device(1, 3), torch.ones(2, 3)),
            lambda: nn.functional.scaled_dot_product_attention(
                on_device(1, 1, 2, 2), torch.ones(1, 1, 2, 2), torch.ones(1, 1, 2, 2)
            ),
            lambda: torch.ones(3).mul_(tensor),
        ):
            with pytest.raises(RuntimeError, match="same device"):
                mixed()
        assert (tensor * torch.tensor(2.0)).device == CUDA  # a single number travels with the launch
        with pytest.raises(TypeError, match=r"Use Tensor\.cpu"):
            tensor.numpy()


def test_reads_copies_and_launches_are_counted() -> None:
    with cuda_stand_in() as traffic:
        tensor = on_device(4)
        traffic.take()
        reads = [float(tensor.sum()), bool(tensor.any()), tensor.tolist(), tensor.cpu(), tensor[tensor > 0]]
        assert traffic.take().reads.total() == len(reads)
        torch.zeros(4).copy_(tensor)
        assert traffic.take().reads.total() == 1
        _ = tensor[[0, 1]], torch.ones(2).to("cuda:0"), torch.tensor([1], device="cuda:0")
        tensor.copy_(torch.zeros(4))
        counted = traffic.take()
        assert counted.copies.total() == 4 and counted.reads.total() == 0
        _ = (tensor.view(2, 2).t() + 1).mul_(2)
        assert dict(traffic.take().launches) == {"aten::add": 1, "aten::mul_": 1}


def test_what_is_changed_in_place_is_seen_through_views() -> None:
    with cuda_stand_in():
        tensor = torch.zeros(2, 2, device="cuda:0")
        view = tensor[0]
        assert view.add_(1.0) is view
        view[1] = 5.0
        assert tensor.tolist() == [[1.0, 5.0], [0.0, 0.0]]
        torch.addmm(tensor, on_device(2, 2), on_device(2, 2), out=tensor.view(2, 2))
        assert tensor.tolist() == [[3.0, 7.0], [2.0, 2.0]]


def test_parameters_go_to_the_device_and_return() -> None:
    layer = nn.Linear(3, 2).requires_grad_(False)
    home = layer.weight.data
    expected = copy.deepcopy(layer)(torch.ones(1, 3))
    with cuda_stand_in():
        for parameter in layer.parameters():
            parameter.data = parameter.data.to("cuda:0")
        assert isinstance(layer.weight, nn.Parameter) and layer.weight.device == CUDA
        assert torch.equal(layer(on_device(1, 3)).cpu(), expected)
        for parameter in layer.parameters():
            parameter.data = parameter.data.cpu()
        layer.weight.data = home
    assert type(layer.weight) is nn.Parameter and layer.weight.data_ptr() == home.data_ptr()
    assert torch.equal(layer(torch.ones(1, 3)), expected)


def test_generators_give_the_numbers_of_their_seed() -> None:
    def drawn() -> list[float]:
        generator = torch.Generator("cuda:0").manual_seed(3)
        return torch.randn((3,), generator=generator, device="cuda:0").tolist()

    with cuda_stand_in():
        assert drawn() == drawn()


def test_nothing_is_left_of_it() -> None:
    names = ("Generator", "tensor", "as_tensor")
    before = [getattr(torch, name) for name in names]
    with cuda_stand_in():
        assert torch.cuda.is_available()
    assert [getattr(torch, name) for name in names] == before
    assert "data" not in vars(torch.Tensor)
    with torch.inference_mode():
        made = torch.ones(2)
    assert made.is_inference() and not isinstance(made, DeviceTensor)
    assert type(torch.zeros(1)) is Tensor and "cuda_stand_in" not in torch.cuda.is_available.__module__
