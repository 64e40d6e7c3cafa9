"""Hypernetworks act on keys and values by channel size, and leave no trace."""

import torch
from torch import Tensor, nn

from pipelines.adapters.hypernetwork_file import Hypernetwork
from pipelines.adapters.patching.hypernetwork import HypernetworkPatcher


class Attention(nn.Module):
    """The projections of an attention."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.to_q, self.to_k, self.to_v = (nn.Linear(size, 4, bias=False) for _ in range(3))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return self.to_q(x), self.to_k(x), self.to_v(x)


class Times(nn.Module):
    """Multiplies by a number, in the dtype of a parameter."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = nn.Parameter(torch.tensor(factor))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.factor


def network(keys: float, values: float, size: int = 4) -> Hypernetwork:
    return Hypernetwork(keys={size: Times(keys)}, values={size: Times(values)})


def test_chain_in_order_for_keys_and_values_apart() -> None:
    unet = nn.ModuleDict({"attn1": Attention(4)})
    x = torch.randn(2, 3, 4, generator=torch.Generator().manual_seed(0))
    query, key, value = unet["attn1"](x)
    HypernetworkPatcher(unet).apply([(network(2.0, 3.0), 0.5), (network(1.0, 0.0), 2.0)])
    changed = unet["attn1"](x)
    assert torch.equal(changed[0], query)
    torch.testing.assert_close(changed[1], key * (1 + 2 * 0.5) * (1 + 1 * 2), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(changed[2], value * (1 + 3 * 0.5), rtol=1e-4, atol=1e-5)


def test_other_channel_sizes_pass() -> None:
    unet = nn.ModuleDict({"attn2": Attention(6)})
    x = torch.randn(2, 3, 6, generator=torch.Generator().manual_seed(0))
    before = unet["attn2"](x)
    HypernetworkPatcher(unet).apply([(network(2.0, 2.0, size=4), 1.0)])
    assert all(torch.equal(a, b) for a, b in zip(before, unet["attn2"](x), strict=True))


def test_removing_restores_exactly() -> None:
    unet, patcher = nn.ModuleDict({"attn1": Attention(4)}), None
    x = torch.randn(2, 3, 4, generator=torch.Generator().manual_seed(0))
    before = unet["attn1"](x)
    patcher = HypernetworkPatcher(unet)
    for _ in range(3):
        patcher.apply([(network(2.0, 2.0), 1.0)])
    torch.testing.assert_close(unet["attn1"](x)[1], before[1] * 3, rtol=1e-4, atol=1e-5)
    patcher.apply([])
    assert all(torch.equal(a, b) for a, b in zip(before, unet["attn1"](x), strict=True))
    assert not any(module._forward_pre_hooks for module in unet.modules())  # pyright: ignore[reportPrivateUsage]


def test_networks_follow_the_dtype_of_the_model() -> None:
    unet = nn.ModuleDict({"attn1": Attention(4)}).bfloat16()
    read = network(2.0, 2.0)
    HypernetworkPatcher(unet).apply([(read, 1.0)])
    assert unet["attn1"](torch.ones(1, 1, 4, dtype=torch.bfloat16))[1].dtype is torch.bfloat16
    assert next(read.keys[4].parameters()).dtype is torch.float32
