"""Streams of normals: seeded alike they draw alike, from the generator that the source names."""

from __future__ import annotations

import pytest
import torch

from pipelines.sampling.noise.philox import Philox
from pipelines.sampling.noise.source import Source, reseed_global, stream

CPU = torch.device("cpu")
SHAPE = (1, 2, 3)


@pytest.mark.parametrize("source", ["GPU", "CPU"])
def test_streams_of_the_cpu_are_torchs_own(source: Source) -> None:
    generator = torch.Generator().manual_seed(5)
    draw = stream(source, 5, CPU)
    for _ in range(2):  # each draw advances it
        assert torch.equal(draw(SHAPE), torch.randn(SHAPE, generator=generator))


def test_the_emulation_is_philox() -> None:
    philox, draw = Philox(5), stream("NV", 5, CPU)
    for _ in range(2):
        assert torch.equal(draw(SHAPE), philox.randn(SHAPE))


@pytest.mark.parametrize("source", ["GPU", "NV"])
def test_seeds_have_64_bits(source: Source) -> None:
    assert torch.equal(stream(source, -1, CPU)(SHAPE), stream(source, 2**64 - 1, CPU)(SHAPE))
    assert torch.equal(stream(source, 2**64 + 3, CPU)(SHAPE), stream(source, 3, CPU)(SHAPE))


@pytest.mark.parametrize(("source", "seeded"), [("GPU", True), ("CPU", True), ("NV", False)])
def test_the_global_generator_is_seeded_unless_emulated(source: Source, seeded: bool) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)  # pyright: ignore[reportUnknownMemberType]
        reseed_global(source, -1)
        drawn = torch.randn(3)
    expected = torch.randn(3, generator=torch.Generator().manual_seed(2**64 - 1 if seeded else 1))
    assert torch.equal(drawn, expected)
