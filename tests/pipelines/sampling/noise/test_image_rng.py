"""Each image has its own stream, as in the original."""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines.sampling.noise.image_rng import ImageRNG
from pipelines.sampling.noise.philox import Philox

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


def test_global_generator_starts_at_the_last_seed() -> None:
    ImageRNG(shape=SHAPE, seeds=[5, 6]).next()
    assert torch.equal(torch.randn(3), stream(6, 1, (3,))[0])
