"""Products in half precision round once, and kernels are rebuilt by the formula."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pipelines.adapters.kinds.parts import flat, product, shaped, tucker
from tests.pipelines.adapters.kinds.deltas import close, random


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_a_half_product_is_rounded_once(dtype: torch.dtype) -> None:
    left, right = random(4, 64).to(dtype), random(64, 3, seed=1).to(dtype)
    once = (left.double() @ right.double()).to(dtype)
    made = product(left, right)
    assert made.dtype is dtype
    torch.testing.assert_close(made, once, rtol=2 * torch.finfo(dtype).eps, atol=0)
    steps = left[:, :1] * right[:1]
    for column in range(1, 64):
        steps = steps + left[:, column : column + 1] * right[column : column + 1]
    assert float((made.float() - once.float()).abs().max()) < float(
        (steps.float() - once.float()).abs().max()
    )


def test_the_wider_dtype_counts() -> None:
    left, right = random(2, 3).half(), random(3, 2, seed=1)
    made = product(left, right)
    assert made.dtype is torch.float32
    close(made, left.float().numpy() @ right.numpy())
    assert product(left, random(3, 2).bfloat16()).dtype is torch.float32


def test_rows_are_kept_and_the_rest_is_one_axis() -> None:
    assert flat(torch.zeros(6, 5, 3, 3)).shape == (6, 45)


def test_only_as_many_elements_are_reshaped() -> None:
    weight = torch.zeros(6, 5, 1, 1)
    assert shaped(torch.ones(6, 5), weight).shape == (6, 5, 1, 1)
    assert shaped(torch.ones(6, 4), weight).shape == (6, 4)


def test_tucker_rebuilds_a_kernel() -> None:
    core, rows, columns = random(2, 3, 3, 1), random(2, 6, seed=1), random(3, 4, seed=2)
    made = tucker(core, rows, columns)
    assert made.shape == (6, 4, 3, 1)
    expected = sum(
        np.outer(rows[i].numpy(), columns[j].numpy()) * float(core[i, j, 2, 0])
        for i in range(2)
        for j in range(3)
    )
    close(made[:, :, 2, 0], expected)
