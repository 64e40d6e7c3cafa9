"""Each image has its own stream; seeds, subseeds, resizing and ENSD act as in the original."""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines.sampling.noise.image_rng import ImageRNG, paste_centred
from pipelines.sampling.noise.philox import Philox
from pipelines.sampling.noise.slerp import slerp

SHAPE = (4, 8, 6)


def stream(seed: int, draws: int, shape: tuple[int, ...] = SHAPE) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(shape, generator=generator) for _ in range(draws)]


def test_first_draw_is_torch_randn_of_the_seed() -> None:
    assert torch.equal(ImageRNG(shape=SHAPE, seeds=[42]).next()[0], stream(42, 1)[0])


def test_a_batch_equals_its_images_made_singly() -> None:
    batch = ImageRNG(shape=SHAPE, seeds=[1, 2])
    singles = [ImageRNG(shape=SHAPE, seeds=[seed]) for seed in (1, 2)]
    for _ in range(3):
        assert torch.equal(batch.next(), torch.cat([single.next() for single in singles]))


def test_ensd_restarts_after_the_first_draw() -> None:
    rng = ImageRNG(shape=SHAPE, seeds=[5], ensd=31337)
    assert torch.equal(rng.next()[0], stream(5, 1)[0])
    assert torch.equal(rng.next()[0], stream(5 + 31337, 1)[0])


def test_subseed_is_blended_in_and_leaves_the_stream_alone() -> None:
    rng = ImageRNG(shape=SHAPE, seeds=[5], subseeds=[9], subseed_strength=0.3)
    ours = stream(5, 2)
    assert torch.equal(rng.next()[0], slerp(0.3, ours[0], stream(9, 1)[0]))
    assert torch.equal(rng.next()[0], ours[1])


def test_missing_subseeds_are_zero() -> None:
    rng = ImageRNG(shape=SHAPE, seeds=[5, 6], subseeds=[9], subseed_strength=0.3)
    assert torch.equal(rng.next()[1], slerp(0.3, stream(6, 1)[0], stream(0, 1)[0]))


def test_seed_resize_pastes_smaller_noise_into_the_middle() -> None:
    rng = ImageRNG(shape=SHAPE, seeds=[5], resize=(4, 4))
    expected = stream(5, 1)[0]
    expected[:, 2:6, 1:5] = stream(5, 1, (4, 4, 4))[0]
    assert torch.equal(rng.next()[0], expected)
    assert torch.equal(rng.next()[0], stream(5, 2)[1])


def test_seed_resize_cuts_the_middle_out_of_larger_noise() -> None:
    rng = ImageRNG(shape=SHAPE, seeds=[5], resize=(12, 10))
    assert torch.equal(rng.next()[0], stream(5, 1, (4, 12, 10))[0][:, 2:10, 2:8])


def test_odd_differences_follow_floor_division() -> None:
    base, noise = torch.zeros(1, 5, 4), torch.arange(1.0, 15.0).reshape(1, 2, 7)
    pasted = paste_centred(noise, base)
    # dy = 1, dx = -2: window 3 wide from column 2
    assert pasted[0, 1:3, :3].tolist() == noise[0, :, 2:5].tolist()
    assert float(pasted.sum()) == float(noise[0, :, 2:5].sum())


def test_global_generator_starts_at_the_last_seed() -> None:
    for extra in (
        {},
        {"subseeds": [9, 9], "subseed_strength": 0.5},
        {"resize": (1, 8)},
    ):
        ImageRNG(shape=SHAPE, seeds=[5, 6], **extra).next()  # type: ignore[arg-type]
        assert torch.equal(torch.randn(3), stream(6, 1, (3,))[0])


def test_nv_draws_philox_and_leaves_torch_alone() -> None:
    torch.manual_seed(1)  # pyright: ignore[reportUnknownMemberType]
    rng = ImageRNG(shape=SHAPE, seeds=[7], source="NV")
    philox = Philox(7)
    assert torch.equal(rng.next()[0], philox.randn(SHAPE))
    assert torch.equal(rng.next()[0], philox.randn(SHAPE))
    assert torch.equal(torch.randn(3), stream(1, 1, (3,))[0])


def test_negative_seeds_are_taken_modulo_2_to_64() -> None:
    first = ImageRNG(shape=SHAPE, seeds=[-5]).next()
    assert torch.equal(first, ImageRNG(shape=SHAPE, seeds=[2**64 - 5]).next())
