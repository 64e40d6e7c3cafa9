"""How attention is computed while gradients are: A1111 switches its optimisations off for training."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from torch.nn.attention import SDPBackend, sdpa_kernel

from pipelines.contract.training import TrainRequest
from pipelines.families.model import LoadedModel


def is_plain(request: TrainRequest, model: LoadedModel) -> bool:
    """Whether scores are kept whole: as the original on a CPU, whose rounding is then nearest to its own."""
    return request.plain_attention and model.device.type == "cpu"


@contextmanager
def attention_of(request: TrainRequest, model: LoadedModel) -> Generator[None]:
    """While entered, attention is computed as the run asks; nothing may be yielded to other jobs within."""
    if not is_plain(request, model):
        yield
        return
    with sdpa_kernel(SDPBackend.MATH):
        yield
