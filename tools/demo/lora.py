"""Low-rank changes of a network's linear layers: adding them for training, writing them as a kohya LoRA."""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from tools.demo.finetuning import save_half


class LowRank(nn.Module):
    """Adds ``up @ down`` to a weight of shape [out, in]; starts at no change (Hu et al. 2021)."""

    def __init__(self, weight: Tensor, rank: int) -> None:
        super().__init__()
        self.down = nn.Parameter(torch.randn(rank, weight.shape[1]) / rank)
        self.up = nn.Parameter(torch.zeros(weight.shape[0], rank))

    def forward(self, weight: Tensor) -> Tensor:
        """The weight with the change added, [out, in]."""
        return weight + self.up @ self.down


def add_low_rank(network: nn.Module, rank: int) -> dict[str, LowRank]:
    """Makes every linear layer in an attention block trainable through a low-rank change, all else fixed."""
    network.requires_grad_(False)
    names = [
        name
        for name, module in network.named_modules()
        if isinstance(module, nn.Linear) and ".attentions." in name
    ]
    changes: dict[str, LowRank] = {}
    for name in names:
        layer = network.get_submodule(name)
        assert isinstance(layer, nn.Linear)
        changes[name] = LowRank(layer.weight, rank)
        parametrize.register_parametrization(layer, "weight", changes[name])
    return changes


def save_lora(path: Path, changes: dict[str, LowRank]) -> None:
    """Writes half-precision factors under kohya's names; layers that never changed stay out."""
    weights: dict[str, Tensor] = {}
    for name, change in changes.items():
        if not change.up.any():
            continue
        key = "lora_unet_" + name.replace(".", "_")
        weights[f"{key}.lora_down.weight"] = change.down
        weights[f"{key}.lora_up.weight"] = change.up
        weights[f"{key}.alpha"] = torch.tensor(float(change.down.shape[0]))
    save_half(weights, path, ss_network_module="networks.lora", ss_output_name=path.stem)
