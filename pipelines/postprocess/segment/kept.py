"""Networks that make masks, kept loaded for the next picture and shared by all that use them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pipelines.catalog.files import stamps_in
from pipelines.memory.weight_shelf import Holder, WeightShelf

T = TypeVar("T")
OWNER = "masks"
MOST = 3
"""Most networks that stay loaded."""


def kept_network(
    weights: WeightShelf, place: Path, make: Callable[[], T], *, holder: Holder, field: str
) -> T:
    """Return the network of a file or folder, made if need be; it stays as long as the ``holder`` lives.

    Raises OverBudget, which blames ``field``, and what ``make`` raises.
    """
    key = (place, stamps_in(place))
    return weights.get(OWNER, key, make, files=(place,), most=MOST, holder=holder, blamed=field)
