"""The NV generator against known values."""

from __future__ import annotations

import pytest
import torch

from pipelines.sampling.noise.philox import Philox

FIRST = [
    -0.9246624, -0.42534396, -2.6438458, 0.14518388, -0.12086651, -0.5797257,
    -0.6228513, -0.32838714, -1.074542, -0.3631441, -1.6710504, 2.265505,
]  # fmt: skip


def test_calls_advance_the_offset() -> None:
    generator = Philox(0)
    assert generator.randn((12,)).tolist() == pytest.approx(FIRST, abs=1e-6)
    second = generator.randn((4,)).tolist()
    assert second == pytest.approx([0.18082589, -0.5522627, 0.9238134, -0.73497033], abs=1e-6)


@pytest.mark.parametrize(
    ("seed", "expected"),
    [
        (1234, [-1.6164904, 0.5684552, -0.5102246, -0.9113394]),
        (2**32 + 5, [-2.8427474, 1.3404924, 0.27223086, 1.4550629]),
    ],
)
def test_seeds(seed: int, expected: list[float]) -> None:
    assert Philox(seed).randn((4,)).tolist() == pytest.approx(expected, abs=1e-6)


def test_shape_is_filled_row_by_row() -> None:
    flat = Philox(3).randn((24,))
    assert torch.equal(Philox(3).randn((2, 3, 4)), flat.reshape(2, 3, 4))


def test_normals_are_normal() -> None:
    draw = Philox(11).randn((4, 128, 128))
    assert draw.dtype == torch.float32
    assert float(draw.mean()) == pytest.approx(0.0, abs=0.02)
    assert float(draw.std()) == pytest.approx(1.0, abs=0.02)
