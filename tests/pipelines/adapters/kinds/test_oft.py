"""OFT and BOFT: rotations keep lengths, and act on the rows that they should."""

import numpy as np
import torch
from torch import Tensor

from pipelines.adapters.kinds import oft


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def change_of(parts: dict[str, Tensor], weight: Tensor) -> Tensor:
    change = oft.delta(parts, weight).weight
    assert change is not None
    return change


def test_cayley_transform_rotates() -> None:
    rotation = oft.cayley(random(3, 4, 4))
    np.testing.assert_allclose(rotation @ rotation.transpose(1, 2), torch.eye(4).expand(3, 4, 4), atol=1e-5)
    np.testing.assert_allclose(torch.linalg.det(rotation), torch.ones(3), rtol=1e-5)


def test_limit_bounds_the_norm_over_all_blocks() -> None:
    blocks = random(3, 4, 4)
    skew = (blocks - blocks.transpose(1, 2)).numpy()
    small = torch.from_numpy(skew * 0.5 / np.linalg.norm(skew)) / 2
    np.testing.assert_allclose(oft.cayley(blocks, 0.5), oft.cayley(small), atol=1e-6)
    assert torch.allclose(oft.cayley(blocks, 1e9), oft.cayley(blocks))


def test_blocks_of_rows_are_rotated() -> None:
    weight, blocks = random(6, 5), random(2, 3, 3, seed=1)
    rotation = oft.cayley(blocks).numpy()
    rows = weight.numpy().reshape(2, 3, 5)
    expected = np.stack([rotation[k].T @ rows[k] for k in range(2)]).reshape(6, 5)
    change = change_of({"oft_blocks": blocks}, weight)
    np.testing.assert_allclose(change + weight, expected, rtol=1e-4, atol=1e-5)
    kernel = change_of({"oft_blocks": blocks}, weight.reshape(6, 5, 1, 1))
    assert torch.allclose(kernel.flatten(1), change, atol=1e-6)


def test_alpha_times_rows_is_the_limit() -> None:
    weight, blocks = random(6, 5), random(2, 3, 3, seed=1)
    change = change_of({"oft_blocks": blocks, "alpha": torch.tensor(0.01)}, weight)
    limited = oft.cayley(blocks, 0.06)
    expected = torch.einsum("knm,kni->kmi", limited, weight.reshape(2, 3, 5)).reshape(6, 5) - weight
    assert torch.allclose(change, expected, atol=1e-6)


def test_old_files_hold_the_matrices_themselves() -> None:
    weight, blocks = random(6, 5), random(2, 3, 3, seed=1)
    rows = weight.numpy().reshape(2, 3, 5)
    expected = np.stack([blocks[k].numpy().T @ rows[k] for k in range(2)]).reshape(6, 5) - weight.numpy()
    np.testing.assert_allclose(change_of({"oft_diag": blocks}, weight), expected, rtol=1e-4, atol=1e-5)


def test_rescale_multiplies_rows() -> None:
    weight, blocks, factors = random(6, 5), random(2, 3, 3, seed=1), random(6, 1, seed=2)
    plain = change_of({"oft_blocks": blocks}, weight) + weight
    scaled = change_of({"oft_blocks": blocks, "rescale": factors}, weight) + weight
    assert torch.allclose(scaled, plain * factors, atol=1e-5)


def permutation(rows: int, stage: int, size: int) -> list[int]:
    """Row order of a butterfly stage, written out."""
    stride = 2**stage * size // 2
    groups = rows // (2 * stride)
    return [(2 * c + g) * stride + k for c in range(groups) for k in range(stride) for g in (0, 1)]


def test_butterfly_stages_rotate_regrouped_rows() -> None:
    weight, blocks = random(16, 3), random(3, 4, 4, 4, seed=1)
    rotations = oft.cayley(blocks).numpy()
    rows = weight.numpy()
    for stage in range(3):
        order = permutation(16, stage, 4)
        turned = np.concatenate([rotations[stage, b] @ rows[order][4 * b : 4 * b + 4] for b in range(4)])
        rows = np.empty_like(rows)
        rows[order] = turned
    change = change_of({"oft_blocks": blocks}, weight)
    np.testing.assert_allclose(change + weight, rows, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=0), np.linalg.norm(weight, axis=0), rtol=1e-4)
