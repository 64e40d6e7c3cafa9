"""Fill holes with patches from elsewhere in the picture.

Wexler et al. 2007 ("Space-time completion of video"): coarse to fine, every patch that touches the hole looks
for the most similar one that doesn't, and these vote on its colours. The search is that of Barnes et al. 2009
("PatchMatch"), for all patches at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Colours: TypeAlias = NDArray[np.float32]
BoolMask: TypeAlias = NDArray[np.bool_]
Coordinates: TypeAlias = NDArray[np.int64]
REACH = 3
"""A patch has seven times seven pixels."""
SMALLEST = 24
"""The coarsest level's shorter side has at least so many pixels."""
ROUNDS = 4
"""Times that patches are looked for and vote, at each level."""
_SPAN = range(-REACH, REACH + 1)
VOTES = tuple((y, x) for y in _SPAN for x in _SPAN)
COMPARED = tuple((y, x) for y in _SPAN[::2] for x in _SPAN[::2])
"""Pixels of a patch that are compared."""
JUMPS = (4, 1)
NEIGHBOURS = ((0, 1), (1, 0), (0, -1), (-1, 0))


def _nobody_else() -> None:
    """Do nothing: no other job waits."""


def filled(
    picture: NDArray[np.uint8], hole: BoolMask, seed: int = 0, let_others: Callable[[], None] = _nobody_else
) -> NDArray[np.uint8]:
    """A picture (h, w, 3) with what is True in ``hole`` made up; where nothing is known it stays.

    ``let_others`` is called all the while; what it raises ends the work.
    """
    if not hole.any() or hole.all():
        return picture
    chance = np.random.default_rng(seed)
    levels = _levels(picture.astype(np.float32), hole)
    coarse, coarse_hole = levels[-1]
    marks = coarse_hole.astype(np.uint8)
    made = cv2.inpaint(coarse.astype(np.uint8), marks, REACH, cv2.INPAINT_TELEA).astype(np.float32)
    for colours, mask in reversed(levels):
        grown = cv2.resize(made, mask.shape[::-1], interpolation=cv2.INTER_LINEAR)
        begun = np.where(mask[..., None], grown, colours).astype(np.float32)
        made = _improved(begun, mask, chance, let_others)
    return np.where(hole[..., None], made.clip(0, 255), picture).astype(np.uint8)


def _levels(colours: Colours, hole: BoolMask) -> Sequence[tuple[Colours, BoolMask]]:
    """The picture and ever smaller ones, of what is known."""
    levels = [(colours, hole)]
    while min(colours.shape[:2]) >= 2 * SMALLEST:
        size = colours.shape[1] // 2, colours.shape[0] // 2
        known = (~hole).astype(np.float32)
        share = cv2.resize(known, size, interpolation=cv2.INTER_AREA)
        shown = cv2.resize(colours * known[..., None], size, interpolation=cv2.INTER_AREA)
        colours = (shown / np.maximum(share, 1e-6)[..., None]).astype(np.float32)
        hole = share < 0.5
        levels.append((colours, hole))
    return levels


def _improved(
    colours: Colours, hole: BoolMask, chance: np.random.Generator, let_others: Callable[[], None]
) -> Colours:
    """The hole made up of the patches that fit best to what is there so far."""
    square = np.ones((2 * REACH + 1, 2 * REACH + 1), np.uint8)
    touched = cv2.dilate(hole.astype(np.uint8), square) > 0
    whole = ~touched
    whole[:REACH], whole[-REACH:], whole[:, :REACH], whole[:, -REACH:] = False, False, False, False
    if not whole.any():
        return colours
    padded = np.pad(colours, ((REACH, REACH), (REACH, REACH), (0, 0)), mode="reflect")
    flat, width = padded.reshape(-1, 3), padded.shape[1]
    search = Search(
        width=width,
        targets=_flat(touched, width),
        sources=_flat(whole, width),
        usable=_padded(whole).ravel(),
        let_others=let_others,
    )
    inside = _flat(hole, width)
    found = search.begin(chance)
    for _ in range(ROUNDS):
        found = search.better(flat, found, chance)
        flat[inside] = search.votes(flat, found)[inside]
    return padded[REACH:-REACH, REACH:-REACH]


def _padded(mask: BoolMask) -> BoolMask:
    return np.pad(mask, REACH)


def _flat(mask: BoolMask, width: int) -> Coordinates:
    """Places of True in a picture with a border, as one number each."""
    rows, columns = np.nonzero(mask)
    return ((rows + REACH) * width + columns + REACH).astype(np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Search for the one of ``sources`` most like each of ``targets``; both are indices of flat pixels."""

    width: int
    targets: Coordinates
    sources: Coordinates
    usable: BoolMask
    let_others: Callable[[], None] = _nobody_else

    def begin(self, chance: np.random.Generator) -> Coordinates:
        """Any source for each target."""
        return chance.choice(self.sources, len(self.targets))

    def better(self, flat: Colours, found: Coordinates, chance: np.random.Generator) -> Coordinates:
        """Sources at least as similar as ``found``: those beside a neighbour's, and some by chance."""
        cost = self._cost(flat, found)
        beside = np.zeros(len(self.usable), np.int64)
        for step in JUMPS:
            for y, x in NEIGHBOURS:
                way = (y * self.width + x) * step
                beside[:] = -1
                beside[self.targets] = found
                moved = np.clip(self.targets - way, 0, len(beside) - 1)
                found, cost = self._chosen(
                    flat, found, cost, np.where(beside[moved] < 0, -1, beside[moved] + way)
                )
        reach = self.width
        while reach > 1:
            shift = chance.integers(-reach, reach + 1, (2, len(found)))
            found, cost = self._chosen(flat, found, cost, found + shift[0] * self.width + shift[1])
            reach //= 3
        return found

    def _chosen(
        self, flat: Colours, found: Coordinates, cost: Colours, other: Coordinates
    ) -> tuple[Coordinates, Colours]:
        """The better of two sources for each target, where the other is one."""
        self.let_others()
        fits = (other >= 0) & (other < len(self.usable))
        fits[fits] = self.usable[other[fits]]
        (tried,) = np.nonzero(fits)
        if not len(tried):
            return found, cost
        asked = self._cost(flat, other[tried], tried)
        wins = asked < cost[tried]
        won = tried[wins]
        found, cost = found.copy(), cost.copy()
        found[won], cost[won] = other[won], asked[wins]
        return found, cost

    def _cost(self, flat: Colours, sources: Coordinates, which: Coordinates | None = None) -> Colours:
        targets = self.targets if which is None else self.targets[which]
        total = np.zeros(len(targets), np.float32)
        for y, x in COMPARED:
            way = y * self.width + x
            apart = flat[targets + way] - flat[sources + way]
            total += np.einsum("ij,ij->i", apart, apart)
        return total

    def votes(self, flat: Colours, found: Coordinates) -> Colours:
        """The mean of the colours that patches have for each place; where none reaches, what is there."""
        said, count = np.zeros_like(flat), np.zeros(len(flat), np.float32)
        for y, x in VOTES:
            way = y * self.width + x
            said[self.targets + way] += flat[found + way]
            count[self.targets + way] += 1
        return np.where(count[:, None] > 0, said / np.maximum(count, 1)[:, None], flat)
