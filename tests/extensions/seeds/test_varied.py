"""Subseeds, resizing and ENSD act as in the original."""

from __future__ import annotations

import torch
from torch import Tensor

from extensions.seeds.slerp import slerp
from extensions.seeds.varied import VariedRNG, paste_centred

SHAPE = (4, 8, 6)


def stream(seed: int, draws: int, shape: tuple[int, ...] = SHAPE) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(shape, generator=generator) for _ in range(draws)]


def test_ensd_restarts_after_the_first_draw() -> None:
    rng = VariedRNG(shape=SHAPE, seeds=[5], ensd=31337)
    assert torch.equal(rng.next()[0], stream(5, 1)[0])
    assert torch.equal(rng.next()[0], stream(5 + 31337, 1)[0])


def test_subseed_is_blended_in_and_leaves_the_stream_alone() -> None:
    rng = VariedRNG(shape=SHAPE, seeds=[5], subseeds=[9], subseed_strength=0.3)
    ours = stream(5, 2)
    assert torch.equal(rng.next()[0], slerp(0.3, ours[0], stream(9, 1)[0]))
    assert torch.equal(rng.next()[0], ours[1])


def test_missing_subseeds_are_zero() -> None:
    rng = VariedRNG(shape=SHAPE, seeds=[5, 6], subseeds=[9], subseed_strength=0.3)
    assert torch.equal(rng.next()[1], slerp(0.3, stream(6, 1)[0], stream(0, 1)[0]))


def test_seed_resize_pastes_smaller_noise_into_the_middle() -> None:
    rng = VariedRNG(shape=SHAPE, seeds=[5], resize=(4, 4))
    expected = stream(5, 1)[0]
    expected[:, 2:6, 1:5] = stream(5, 1, (4, 4, 4))[0]
    assert torch.equal(rng.next()[0], expected)
    assert torch.equal(rng.next()[0], stream(5, 2)[1])


def test_seed_resize_cuts_the_middle_out_of_larger_noise() -> None:
    rng = VariedRNG(shape=SHAPE, seeds=[5], resize=(12, 10))
    assert torch.equal(rng.next()[0], stream(5, 1, (4, 12, 10))[0][:, 2:10, 2:8])


def test_odd_differences_follow_floor_division() -> None:
    base, noise = torch.zeros(1, 5, 4), torch.arange(1.0, 15.0).reshape(1, 2, 7)
    pasted = paste_centred(noise, base)
    # dy = 1, dx = -2: window 3 wide from column 2
    assert pasted[0, 1:3, :3].tolist() == noise[0, :, 2:5].tolist()
    assert float(pasted.sum()) == float(noise[0, :, 2:5].sum())


def test_global_generator_starts_at_the_last_seed() -> None:
    for extra in (
        {"subseeds": [9, 9], "subseed_strength": 0.5},
        {"resize": (1, 8)},
    ):
        VariedRNG(shape=SHAPE, seeds=[5, 6], **extra).next()  # type: ignore[arg-type]
        assert torch.equal(torch.randn(3), stream(6, 1, (3,))[0])
