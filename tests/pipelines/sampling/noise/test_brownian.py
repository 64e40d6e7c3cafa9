"""Brownian paths: additive, independent of the order of questions, and equal to torchsde's tree."""

from __future__ import annotations

import importlib
import random
from typing import Any

import pytest
import torch
from torch import Tensor

from pipelines.sampling.noise.brownian import BrownianPath, brownian_noise, joint_brownian_noise
from pipelines.sampling.noise.philox import Philox
from pipelines.sampling.noise.source import stream

SHAPE = (4, 8, 8)
RANGE = (0.0292, 14.6146)


def normal(seed: int) -> Tensor:
    return stream("CPU", seed, torch.device("cpu"))(SHAPE)


def path(entropy: int = 1) -> BrownianPath:
    return BrownianPath(*RANGE, entropy, normal)


def test_increments_add_up() -> None:
    whole = path().increment(0.5, 9.0)
    parts = path().increment(0.5, 3.21) + path().increment(3.21, 9.0)
    assert torch.allclose(whole, parts, atol=1e-5)


def test_answers_do_not_depend_on_the_order_of_questions() -> None:
    questions = [(0.1 * i, 0.1 * i + 0.37) for i in range(1, 60)]
    asked = path()
    first = {question: asked.increment(*question) for question in questions}
    random.Random(0).shuffle(questions)
    again = path()
    assert all(torch.equal(again.increment(*question), first[question]) for question in questions)


def test_times_beyond_the_ends_are_moved_to_them() -> None:
    assert torch.equal(path().increment(-3.0, 99.0), path().increment(*RANGE))
    assert float(path().increment(20.0, 30.0).abs().sum()) == 0.0


def test_same_as_torchsde(monkeypatch: pytest.MonkeyPatch) -> None:
    torchsde: Any = importlib.import_module("torchsde")
    module: Any = importlib.import_module("torchsde._brownian.brownian_interval")

    def randn(size: Any, dtype: Any, device: Any, seed: int) -> Tensor:
        return normal(int(seed))

    monkeypatch.setattr(module, "_randn", randn)
    tree = torchsde.BrownianTree(
        t0=RANGE[0], t1=RANGE[1], w0=torch.zeros(SHAPE), entropy=77, tol=1e-6, pool_size=24
    )
    ours = path(77)
    for low, high in [(9.1, 14.6146), (5.4784, 9.10293), (0.0819, 0.2014), (0.0292, 0.0819), (1.0, 2.0)]:
        assert torch.equal(ours.increment(low, high), tree(low, high))


def test_noise_has_unit_variance_and_is_negated_going_down() -> None:
    noise = brownian_noise([1, 2], (4, 32, 32), RANGE)
    high, low = torch.tensor(3.0), torch.tensor(1.7)
    down = noise.between(high, low)
    assert down.shape == (2, 4, 32, 32)
    assert float(down.std()) == pytest.approx(1.0, rel=0.05)
    assert torch.equal(noise.between(low, high), -down)


def test_images_of_a_batch_are_independent_of_each_other() -> None:
    high, low = torch.tensor(3.0), torch.tensor(1.7)
    batch = brownian_noise([1, 2], SHAPE, RANGE).between(high, low)
    assert torch.equal(batch[1:], brownian_noise([2], SHAPE, RANGE).between(high, low))


def test_normals_come_from_the_chosen_source() -> None:
    seeds: list[int] = []

    def nv(seed: int) -> Tensor:
        seeds.append(seed)
        return Philox(seed).randn(SHAPE)

    expected = BrownianPath(*RANGE, 5, nv).increment(*RANGE)
    noise = brownian_noise([5], SHAPE, RANGE, source="NV")
    ours = noise.between(torch.tensor(RANGE[1]), torch.tensor(RANGE[0]))[0]
    assert torch.allclose(ours, -expected / (RANGE[1] - RANGE[0]) ** 0.5)
    assert len(seeds) == 1


def test_joint_path_is_seeded_globally() -> None:
    sigmas = torch.tensor(3.0), torch.tensor(1.7)
    draws: list[Tensor] = []
    for _ in range(2):
        torch.manual_seed(4)  # pyright: ignore[reportUnknownMemberType]
        draws.append(joint_brownian_noise((2, *SHAPE), RANGE).between(*sigmas))
    assert draws[0].shape == (2, *SHAPE)
    assert torch.equal(*draws)
