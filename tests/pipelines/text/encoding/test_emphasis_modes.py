"""Weights change an encoding as each mode says."""

from __future__ import annotations

import torch

from pipelines.text.encoding.emphasis_modes import EMPHASIS_MODES, weigh_original, weighting_of

Z = torch.linspace(-1, 3, 2 * 77 * 4).reshape(2, 77, 4)
WEIGHTS = torch.ones(2, 77)
WEIGHTS[0, 3] = 1.5


def test_original_keeps_the_mean_of_the_whole_tensor() -> None:
    weighted = weigh_original(Z, WEIGHTS, [0, 1])
    torch.testing.assert_close(weighted.mean(), Z.mean())
    factor = Z.mean() / (Z * WEIGHTS[..., None]).mean()
    torch.testing.assert_close(weighted[1], Z[1] * factor)
    torch.testing.assert_close(weighted[0, 3], Z[0, 3] * 1.5 * factor)


def test_repeated_variants_count_in_the_mean() -> None:
    rows = [0, 1, 0]
    expected = weigh_original(Z[rows], WEIGHTS[rows], rows)
    torch.testing.assert_close(weigh_original(Z, WEIGHTS, rows), expected[:2])


def test_other_modes() -> None:
    assert torch.equal(EMPHASIS_MODES["Ignore"](Z, WEIGHTS, [0, 1]), Z)
    assert torch.equal(EMPHASIS_MODES["No norm"](Z, WEIGHTS, [0, 1]), Z * WEIGHTS[..., None])
    assert weighting_of("no such mode") is weigh_original


def test_a_mean_that_half_precision_rounds_to_nothing_is_restored() -> None:
    z = torch.tensor([3.0, -3.0, 3e-4, -2e-4]).repeat(2, 77, 1)
    half = weigh_original(z.half(), WEIGHTS, [0, 1])
    torch.testing.assert_close(half.float(), weigh_original(z, WEIGHTS, [0, 1]), rtol=2e-2, atol=2e-2)


def test_an_encoding_without_a_mean_is_only_multiplied() -> None:
    z = torch.tensor([1.0, -1.0]).repeat(2, 77, 2)
    assert torch.equal(weigh_original(z, WEIGHTS, [0, 1]), z * WEIGHTS[..., None])
