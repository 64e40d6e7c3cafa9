"""Weights of upscalers, restorers, interrogators and extensions count, and leave for others."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from pipelines.contract.errors import OverBudget
from pipelines.memory.budget import Budget
from pipelines.memory.weight_shelf import Holder, WeightShelf, measured

KIB = 1024


class Net(nn.Linear):
    """A KiB of weights."""

    def __init__(self) -> None:
        super().__init__(16, 16, bias=False)


class Disk:
    """Files of a KiB, and how often each was read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reads: list[str] = []

    def path(self, name: str, size: int = KIB) -> Path:
        path = self.folder / name
        if not path.exists():
            path.write_bytes(bytes(size))
        return path

    def read(self, name: str) -> Net:
        self.reads.append(name)
        return Net()


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path)


def get(
    shelf: WeightShelf, disk: Disk, name: str, owner: str = "a", most: int = 9, holder: Holder | None = None
) -> Net:
    return shelf.get(
        owner,
        name,
        lambda: disk.read(name),
        files=(disk.path(name),),
        most=most,
        holder=holder,
        blamed="upscaler",
    )


def test_what_is_kept_is_loaded_once_and_counted(disk: Disk) -> None:
    budget = Budget(10 * KIB)
    shelf = WeightShelf(budget)
    first = get(shelf, disk, "x")
    assert get(shelf, disk, "x") is first
    assert (disk.reads, shelf.bytes, budget.used) == (["x"], KIB, KIB)


def test_the_least_recently_used_leaves_first(disk: Disk) -> None:
    shelf = WeightShelf(Budget(2 * KIB))
    for name in ("x", "y", "x", "z", "x", "y"):
        get(shelf, disk, name)
    assert disk.reads == ["x", "y", "z", "y"]
    assert shelf.bytes == 2 * KIB


def test_owners_keep_a_number_each(disk: Disk) -> None:
    shelf = WeightShelf()
    for name, owner in (("x", "a"), ("y", "b"), ("z", "a"), ("y", "b"), ("x", "a")):
        get(shelf, disk, name, owner, most=1)
    assert disk.reads == ["x", "y", "z", "x"]


def test_what_is_held_stays_until_its_holder_is_gone(disk: Disk) -> None:
    shelf = WeightShelf(Budget(2 * KIB, hard=True))
    holder = Holder()
    get(shelf, disk, "x", holder=holder)
    get(shelf, disk, "y", most=1, holder=holder)
    with pytest.raises(OverBudget, match="z would take") as caught:
        get(shelf, disk, "z")
    assert caught.value.field == "upscaler"
    assert get(shelf, disk, "x") and disk.reads == ["x", "y"]
    del holder
    get(shelf, disk, "z")
    assert (disk.reads, shelf.bytes) == (["x", "y", "z"], 2 * KIB)


def test_other_keepers_make_room_and_are_made_room_for(disk: Disk) -> None:
    budget = Budget(2 * KIB)
    one, other = WeightShelf(budget), WeightShelf(budget)
    get(one, disk, "x")
    get(other, disk, "y")
    get(one, disk, "z")
    assert (one.bytes, other.bytes) == (KIB, KIB)
    assert [get(one, disk, "z"), get(other, disk, "y")]
    assert disk.reads == ["x", "y", "z"]
    budget.make_room(2 * KIB)
    assert (one.bytes, other.bytes, one.oldest()) == (0, 0, None)


def test_clearing_lets_all_go_or_one_owners(disk: Disk) -> None:
    shelf = WeightShelf()
    get(shelf, disk, "x", "a")
    get(shelf, disk, "y", "b")
    shelf.clear("a")
    assert shelf.bytes == KIB
    shelf.clear()
    assert shelf.bytes == 0


def test_one_thing_may_be_forgotten() -> None:
    shelf = WeightShelf()
    for key in ("x", "y"):
        shelf.get("a", key, lambda key=key: key, most=2)
    shelf.forget("a", "x")
    shelf.forget("a", "nothing")
    assert shelf.contents == ["y"]


def test_what_fails_to_load_is_not_kept(disk: Disk) -> None:
    shelf = WeightShelf()

    def fail() -> Net:
        raise ValueError("damaged")

    with pytest.raises(ValueError, match="damaged"):
        shelf.get("a", "x", fail)
    assert (shelf.bytes, shelf.oldest()) == (0, None)


def test_weights_are_measured_where_they_can_be(disk: Disk) -> None:
    half = Net().to(torch.float16)
    assert measured(half) == KIB // 2
    assert measured(SimpleNamespace(module=half)) == measured(SimpleNamespace(model=half)) == KIB // 2
    assert measured(object()) == 0
    shelf = WeightShelf()
    folder = disk.folder / "model"
    folder.mkdir()
    (folder / "weights.safetensors").write_bytes(bytes(7))
    (folder / "weights.bin").write_bytes(bytes(70))
    shelf.get("a", "x", object, files=(disk.path("y", 100), folder, disk.folder / "gone"))
    assert shelf.bytes == 107
