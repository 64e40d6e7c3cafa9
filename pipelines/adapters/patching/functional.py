"""Networks under option ``lora_functional``: each runs next to a layer instead of being merged into it."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from pipelines.adapters.kinds import lora
from pipelines.adapters.kinds.parts import Parts
from pipelines.adapters.network_file import LayerChange

_UNUSED = ("lora_mid.weight", "dora_scale", "bias", "lora_B.weight", "lora_A.weight")


def functional_change(change: LayerChange) -> LayerChange:
    """Return the change that merges to the same: of a LoRA up(down(x)), whatever else its file holds.

    The other types use their whole change, computed from the untouched weight.
    """
    if change.kind.name != "lora":
        return change
    found = lora.factors(change.parts)
    down = found.down if found.mid is None else _centred(found.down, found.mid)
    parts: Parts = {name: part for name, part in change.parts.items() if name not in _UNUSED}
    return LayerChange(
        kind=change.kind, parts={**parts, "lora_up.weight": found.up, "lora_down.weight": down}
    )


def _centred(down: Tensor, mid: Tensor) -> Tensor:
    """Pad (rank, in, 1, 1) to the kernel (rank, in, k, l) that is zero everywhere but in the middle."""
    height, width = mid.shape[-2:]
    kernel = down.reshape(*down.shape[:2], 1, 1)
    return functional.pad(kernel, (width // 2, width // 2, height // 2, height // 2))
