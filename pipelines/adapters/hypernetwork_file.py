"""Reads hypernetwork files and builds their small networks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from torch import Tensor, nn

from pipelines.catalog.contents import instead
from pipelines.contract.errors import CorruptFile
from pipelines.families.loading.read import load_pickle

_KEY = re.compile(r"linear\.?(\d+)\.(weight|bias)")
_NO_ACTIVATION = ("linear", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypernetwork:
    """Networks for keys and values by channel size. Each maps (..., size) to (..., size) and is added."""

    keys: Mapping[int, nn.Module]
    values: Mapping[int, nn.Module]


def read_hypernetwork(path: Path) -> Hypernetwork:
    """Read a file. Raises CorruptFile if it is damaged, unsafe to unpickle or holds something else."""
    content = load_pickle(path, mapped=False)
    if not any(isinstance(key, int) for key in content):
        raise CorruptFile(f"{path.name} can't be read: {instead(content, 'hypernetwork')}")
    try:
        return build_hypernetwork(content)
    except (RuntimeError, LookupError, ValueError, TypeError, AttributeError) as error:
        reason = str(error) if type(error) is ValueError else "its layers don't fit together"
        raise CorruptFile(f"{path.name} can't be read as a hypernetwork: {reason}") from error


def build_hypernetwork(content: Mapping[Any, Any]) -> Hypernetwork:
    """Build from a file's dictionary: channel size -> (weights for keys, weights for values), and notes."""
    activation = cast("str | None", content.get("activation_func"))
    output = bool(content.get("activate_output", True))
    pairs = {size: states for size, states in content.items() if isinstance(size, int)}
    if not pairs:
        raise ValueError("no channel size is in it")
    return Hypernetwork(
        keys={size: build_module(states[0], activation, output) for size, states in pairs.items()},
        values={size: build_module(states[1], activation, output) for size, states in pairs.items()},
    )


def build_module(state: Mapping[str, Tensor], activation: str | None, activate_output: bool) -> nn.Module:
    """Build one network: per layer a linear map, the activation, and a layer norm where the file has one.

    Layers are recognised by their tensors, in ascending order of their numbers: those that dropouts and
    activations take up in the file leave gaps without meaning. Raises ValueError for another tensor or an
    unknown activation.
    """
    tensors = _by_number(state)
    linears = [number for number, pair in sorted(tensors.items()) if pair["weight"].ndim == 2]
    layers: list[nn.Module] = []
    for number, pair in sorted(tensors.items()):
        layers.append(_linear(pair) if number in linears else _norm(pair))
        if number in linears and (number != linears[-1] or activate_output):
            layers.append(activation_named(activation))
    return nn.Sequential(*layers).eval().requires_grad_(False)


def _by_number(state: Mapping[str, Tensor]) -> dict[int, dict[str, Tensor]]:
    tensors: dict[int, dict[str, Tensor]] = {}
    for name, tensor in state.items():
        match = _KEY.fullmatch(name)
        if match is None:
            raise ValueError(f"{name!r} is not a layer of a hypernetwork")
        tensors.setdefault(int(match[1]), {})[match[2]] = tensor.float()
    return tensors


def _linear(pair: Mapping[str, Tensor]) -> nn.Linear:
    rows, columns = pair["weight"].shape
    linear = nn.Linear(columns, rows, device="meta")
    linear.load_state_dict(pair, assign=True)
    return linear


def _norm(pair: Mapping[str, Tensor]) -> nn.LayerNorm:
    norm = nn.LayerNorm(pair["weight"].shape[0], device="meta")
    norm.load_state_dict(pair, assign=True)
    return norm


def activation_named(name: str | None) -> nn.Module:
    """Make a torch activation by its class name in any case; ``swish`` is Hardswish, None is none."""
    if name is None or name.lower() in _NO_ACTIVATION:
        return nn.Identity()
    if name.lower() == "swish":
        return nn.Hardswish()
    found = {key.lower(): key for key in nn.modules.activation.__all__}
    if name.lower() not in found:
        raise ValueError(f"activation {name!r} is unknown")
    return cast("nn.Module", getattr(nn, found[name.lower()])())
