"""The small networks of a hypernetwork as torch modules whose tensors are named as in A1111's files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import init

from pipelines.adapters.hypernetwork_file import activation_named
from pipelines.contract.errors import InvalidRequest
from pipelines.contract.training import HypernetworkShape

STANDARD_DEVIATION = 0.01
NO_ACTIVATION = (None, "linear")


class SmallNetwork(nn.Module):
    """(..., size) to (..., size): per layer a linear map, an activation, a norm and a dropout by the shape.

    The last layer has no activation and no dropout.
    """

    def __init__(self, size: int, shape: HypernetworkShape) -> None:
        super().__init__()
        self.linear = nn.Sequential(*_layers(size, shape))

    def forward(self, x: Tensor) -> Tensor:
        """Compute in fp32, whatever the input is, and return the input's format."""
        return self.linear(x.float()).to(x.dtype)


def _layers(size: int, shape: HypernetworkShape) -> Iterator[nn.Module]:
    widths, drops = shape.layer_structure, shape.dropout_structure
    last = len(widths) - 2
    for index, (before, after) in enumerate(pairwise(widths)):
        yield nn.Linear(int(size * before), int(size * after))
        if index < last and shape.activation not in NO_ACTIVATION:
            yield activation_named(shape.activation)
        if shape.layer_norm:
            yield nn.LayerNorm(int(size * after))
        if shape.use_dropout and index < last and drops and drops[index + 1] > 0:
            yield nn.Dropout(p=drops[index + 1])


def initialise(network: SmallNetwork, shape: HypernetworkShape, generator: torch.Generator) -> None:
    """Draw the first weights. Norms begin as ``Normal`` does, whatever the others do."""
    for layer in network.linear:
        if isinstance(layer, nn.LayerNorm):
            _fill(layer, "Normal", shape, generator)
        elif isinstance(layer, nn.Linear):
            _fill(layer, shape.weight_init, shape, generator)


def _fill(
    layer: nn.Linear | nn.LayerNorm, how: str, shape: HypernetworkShape, chance: torch.Generator
) -> None:
    gain = "leaky_relu" if shape.activation == "leakyrelu" else "relu"
    with torch.no_grad():
        layer.bias.zero_()
        match how:
            case "Normal":
                init.normal_(layer.weight, std=STANDARD_DEVIATION, generator=chance)
            case "XavierUniform":
                init.xavier_uniform_(layer.weight, generator=chance)
            case "XavierNormal":
                init.xavier_normal_(layer.weight, generator=chance)
            case "KaimingUniform":
                init.kaiming_uniform_(layer.weight, nonlinearity=gain, generator=chance)
            case "KaimingNormal":
                init.kaiming_normal_(layer.weight, nonlinearity=gain, generator=chance)
            case _:
                raise InvalidRequest(
                    f"'Key {how} is not defined as initialization!'", field="shape.weight_init"
                )


@dataclass(slots=True, kw_only=True)
class NetworkPairs:
    """Two networks for every channel size: one for keys and one for values."""

    shape: HypernetworkShape
    pairs: Mapping[int, tuple[SmallNetwork, SmallNetwork]]

    @classmethod
    def new(cls, shape: HypernetworkShape, generator: torch.Generator) -> NetworkPairs:
        """Draw untrained networks. Raises InvalidRequest for an unknown way to draw."""
        made = cls._empty(shape)
        for pair in made.pairs.values():
            for network in pair:
                initialise(network, shape, generator)
        return made

    @classmethod
    def of(cls, content: Mapping[Any, Any]) -> NetworkPairs:
        """Read those of a file's table. Raises ValueError, RuntimeError or LookupError for another kind."""
        shape = shape_of(content)
        made = cls._empty(shape)
        for size, pair in made.pairs.items():
            for network, state in zip(pair, content[size], strict=True):
                network.load_state_dict({_current(key): value for key, value in state.items()})
        return made

    @classmethod
    def _empty(cls, shape: HypernetworkShape) -> NetworkPairs:
        pairs = {size: (SmallNetwork(size, shape), SmallNetwork(size, shape)) for size in shape.sizes}
        return cls(shape=shape, pairs=pairs)

    def parameters(self) -> list[nn.Parameter]:
        """Return the parameters of all networks, in the order of the file."""
        return [p for pair in self.pairs.values() for network in pair for p in network.parameters()]

    def record(
        self, *, name: str, step: int, checkpoint_hash: str | None, checkpoint_name: str | None
    ) -> Mapping[Any, Any]:
        """Return the content of a file, as A1111 writes it."""
        shape = self.shape
        return {
            **{size: [_state(network) for network in pair] for size, pair in self.pairs.items()},
            "step": step,
            "name": name,
            "layer_structure": list(shape.layer_structure),
            "activation_func": shape.activation,
            "is_layer_norm": shape.layer_norm,
            "weight_initialization": shape.weight_init,
            "sd_checkpoint": checkpoint_hash,
            "sd_checkpoint_name": checkpoint_name,
            "activate_output": False,
            "use_dropout": shape.use_dropout,
            "dropout_structure": list(shape.dropout_structure) or [0] * len(shape.layer_structure),
            "last_layer_dropout": bool(shape.dropout_structure),
            "optional_info": None,
        }


def shape_of(content: Mapping[Any, Any]) -> HypernetworkShape:
    """Read the shape of a file's networks from its table."""
    dropouts = tuple(content.get("dropout_structure") or ())
    return HypernetworkShape(
        sizes=tuple(key for key in content if isinstance(key, int)),
        layer_structure=tuple(content.get("layer_structure") or (1, 2, 1)),
        activation=content.get("activation_func"),
        weight_init=str(content.get("weight_initialization") or "Normal"),
        layer_norm=bool(content.get("is_layer_norm")),
        use_dropout=bool(content.get("use_dropout")),
        dropout_structure=dropouts if any(dropouts) else (),
    )


def _state(network: SmallNetwork) -> Mapping[str, Tensor]:
    return {name: tensor.detach().cpu().clone() for name, tensor in network.state_dict().items()}


def _current(key: str) -> str:
    """Old files call the layers ``linear1`` and ``linear2``."""
    return key.replace("linear1.", "linear.0.").replace("linear2.", "linear.1.")
