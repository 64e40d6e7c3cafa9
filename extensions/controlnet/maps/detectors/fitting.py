"""Put a file's tensors into a network that was built on the meta device, its running statistics too."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from pipelines.plugin import CorruptFile

COUNTER = "num_batches_tracked"
"""A number that only training reads."""


def fit(
    network: nn.Module,
    tensors: Mapping[str, Tensor],
    file: str,
    published_name: Callable[[str], str] = str,
) -> None:
    """Give every tensor of ``network`` that of the file, in fp32 on the CPU; then it is for use only.

    ``published_name``: a tensor's name in the network -> its name in the file. Tensors of the file that the
    network lacks are not read. Raises CorruptFile that lists what is missing or of another shape.
    """
    state: dict[str, Tensor] = {}
    missing: list[str] = []
    for name, wanted in network.state_dict().items():
        tensor = tensors.get(published_name(name))
        if name.endswith(COUNTER):
            state[name] = torch.zeros((), dtype=torch.long)
        elif tensor is None or tensor.shape != wanted.shape:
            missing.append(published_name(name))
        else:
            state[name] = tensor.to(torch.float32)
    if missing:
        text = f"{file} lacks {len(missing)} tensors or has other shapes: {', '.join(missing[:3])}"
        raise CorruptFile(text, field="module")
    network.load_state_dict(state, assign=True)
    network.requires_grad_(False).eval()
