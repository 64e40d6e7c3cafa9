"""The order of training: batches of pictures of one size, in epochs as A1111 shuffles them (spec 13.2)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.training.chance import Chance


def groups_of(sizes: Sequence[Hashable]) -> list[list[int]]:
    """Group the numbers of the pictures by size, in the order of each size's first."""
    groups: dict[Hashable, list[int]] = {}
    for index, size in enumerate(sizes):
        groups.setdefault(size, []).append(index)
    return list(groups.values())


@dataclass(slots=True, kw_only=True)
class Batches:
    """Batches of ``batch_size`` pictures without end; an epoch has ``steps_per_epoch`` of ``gradient_step``.

    ``batch_size`` and ``gradient_step`` are as large as the pictures allow.
    """

    sizes: Sequence[Hashable]
    batch_size: int
    gradient_step: int
    chance: Chance
    order: list[list[int]] = field(default_factory=list[list[int]])
    position: int = 0
    groups: list[list[int]] = field(init=False)
    """The pictures of each size, as the epochs so far have shuffled them."""

    def __post_init__(self) -> None:
        self.groups = groups_of(self.sizes)
        self.batch_size = min(self.batch_size, len(self.sizes))
        self.gradient_step = min(self.gradient_step, len(self.sizes) // self.batch_size)

    @property
    def steps_per_epoch(self) -> int:
        """Steps of one epoch; pictures that fill no further step wait for another epoch."""
        return len(self.sizes) // self.batch_size // self.gradient_step

    def take(self) -> list[int]:
        """Return the numbers of the pictures of the next batch."""
        if self.position == min(len(self.order), self.steps_per_epoch * self.gradient_step):
            self.chance.begin_loader()
            self.order, self.position = self._epoch(), 0
        self.position += 1
        return self.order[self.position - 1]

    def _epoch(self) -> list[list[int]]:
        random, size = self.chance.random, self.batch_size
        batches: list[list[int]] = []
        for group in self.groups:
            random.shuffle(group)
            batches += [group[at : at + size] for at in range(0, len(group) - size + 1, size)]
        # what fills no batch of its size is drawn for, so that every picture counts alike in the long run
        left = [len(group) % size for group in self.groups]
        for _ in range(len(self.sizes) // size - len(batches)):
            batches.append(random.choices(random.choices(self.groups, left)[0], k=size))
        random.shuffle(batches)
        return batches

    def state(self) -> Mapping[str, Any]:
        """Return the place in the epoch, for ``restore``."""
        return {"order": self.order, "position": self.position, "groups": self.groups}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from where ``state`` was taken."""
        self.order, self.groups = ([list(each) for each in state[name]] for name in ("order", "groups"))
        self.position = int(state["position"])
