"""Random parts and close comparisons for tests of network types."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from pipelines.adapters.kinds.parts import Delta


def random(*shape: int, seed: int = 0) -> Tensor:
    """Draw a tensor, the same for equal seeds."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def weight_of(delta: Delta) -> Tensor:
    """Return the change of the weight, which must be there."""
    assert delta.weight is not None
    return delta.weight


def close(actual: Tensor, expected: object) -> None:
    """Compare with an array of NumPy."""
    np.testing.assert_allclose(actual, np.asarray(expected), rtol=1e-5, atol=1e-5)
