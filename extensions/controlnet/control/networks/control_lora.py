"""Control-LoRA: a ControlNet that is the checkpoint's own encoder plus low-rank changes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from torch import Tensor

from extensions.controlnet.control.networks.borrowed import encoder_tensors
from extensions.controlnet.control.networks.network import (
    ControlNetwork,
    build_control_network,
    different_base,
)
from extensions.controlnet.units.tensor_names import canonical
from pipelines.plugin import CorruptFile, LoadedModel, read_tensors

MARK = "lora_controlnet"
UP, DOWN = ".up", ".down"


def load_control_lora(path: Path, model: LoadedModel, *, field: str) -> ControlNetwork:
    """Read a Control-LoRA and merge it with ``model``. Raises CorruptFile, UnsupportedModel."""
    tensors = canonical(read_tensors(path))
    tensors.pop(MARK, None)
    try:
        merged = merge(encoder_tensors(model), tensors)
    except (KeyError, RuntimeError) as error:
        raise different_base(path, model, field) from error
    return build_control_network(path, merged, model, field=field)


def merge(own: Mapping[str, Tensor], tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A whole network: ``own`` + up @ down where there are both, else the file's tensor, else ``own``.

    ``up`` is (out, rank[, 1, 1]), ``down`` (rank, in[, kernel, kernel]). Raises KeyError for a change to a
    tensor that ``own`` lacks, RuntimeError for one of another size, CorruptFile for half a change.
    """
    merged = dict(own)
    for name, tensor in tensors.items():
        module, suffix = (name.removesuffix(UP), UP) if name.endswith(UP) else (name.removesuffix(DOWN), DOWN)
        if module == name:
            merged[name] = tensor
        elif suffix == UP:
            if module + DOWN not in tensors:
                raise CorruptFile(f"{module}{DOWN} is missing")
            weight, down = own[f"{module}.weight"], tensors[module + DOWN]
            change = tensor.float().flatten(1) @ down.float().flatten(1)
            merged[f"{module}.weight"] = weight + change.reshape(weight.shape)
    return merged
