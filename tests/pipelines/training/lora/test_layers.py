"""peft's layers are made beside a network's own, put in and taken out, and named as in kohya's files."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
import torch
from torch import nn

from pipelines.families.trained import TrainedPart
from pipelines.training.lora.layers import LoraLayers


class Toy(nn.Module):
    """Two linear layers, one of which is trained."""

    def __init__(self) -> None:
        super().__init__()
        self.trained = nn.Linear(3, 5)
        self.fixed = nn.Linear(5, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fixed(self.trained(x))


X = torch.randn(4, 3, generator=torch.Generator().manual_seed(1))


def layers_of(network: Toy, *, pattern: str = "trained", text: bool = False, seed: int = 1) -> LoraLayers:
    part = TrainedPart(root=network, pattern=pattern, key=lambda path: f"lora_unet_{path}")
    training = SimpleNamespace(backbone=lambda model: part, text=lambda model: (part,))
    model = cast(Any, SimpleNamespace(family=SimpleNamespace(training=training), name="toy"))
    return LoraLayers.make(model, rank=2, alpha=4.0, backbone=not text, text=text, seed=seed)


def test_making_layers_leaves_the_network_alone() -> None:
    network = Toy().eval()
    own, before = network.trained, network(X)
    layers = layers_of(network)
    assert network.trained is own and not network.training
    assert torch.equal(network(X), before)
    assert len(layers.places) == len(layers.backbone) == 1
    assert "peft_config" not in network.__dict__


def test_new_layers_change_nothing_until_they_are_trained() -> None:
    network = Toy()
    before, layers = network(X), layers_of(network)
    layers.put_in()
    assert torch.allclose(network(X), before)
    down, up = layers.places[0].tensors()
    with torch.no_grad():
        up.fill_(0.5)
    expected = network.fixed(layers.places[0].base(X) + 2.0 * (X @ down.T @ up.T))  # alpha / rank
    torch.testing.assert_close(network(X), expected)
    layers.take_out()
    assert torch.equal(network(X), before)


def test_tensors_have_kohyas_names_and_shapes() -> None:
    tensors = dict(layers_of(Toy()).tensors(4.0))
    assert {name: tuple(tensor.shape) for name, tensor in tensors.items()} == {
        "lora_unet_trained.lora_down.weight": (2, 3),
        "lora_unet_trained.lora_up.weight": (5, 2),
        "lora_unet_trained.alpha": (),
    }
    assert float(tensors["lora_unet_trained.alpha"]) == 4.0


def test_first_weights_go_by_the_seed_and_leave_the_global_generator() -> None:
    networks = [Toy() for _ in range(3)]
    before = torch.get_rng_state()
    one, same, other = (
        layers_of(network, seed=seed).places[0].tensors()[0]
        for network, seed in zip(networks, (1, 1, 2), strict=True)
    )
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_text_encoders_are_kept_apart() -> None:
    layers = layers_of(Toy(), text=True)
    assert (len(layers.backbone), len(layers.text)) == (0, 1)


def test_a_network_without_such_layers_is_left_alone() -> None:
    network = Toy().eval()
    own = network.trained
    with pytest.raises(ValueError, match="nowhere"):
        layers_of(network, pattern="nowhere")
    assert network.trained is own and not network.training
    assert "peft_config" not in network.__dict__
