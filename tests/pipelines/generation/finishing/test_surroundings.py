"""The originals and masks around repainted pictures, and overlays that extensions make."""

from __future__ import annotations

from collections.abc import Generator
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from PIL import Image

from pipelines.generation.batch import Batch
from pipelines.generation.finishing.surroundings import Surroundings, surroundings
from pipelines.generation.sampling_pass import Sampled
from pipelines.pictures.masks import PreparedMask

SAMPLED = Sampled(latents=torch.zeros(2, 4, 1, 1), schedule_label="Automatic")
MASK = Image.new("L", (8, 8), 200)
HOLES = (Image.new("RGBA", (8, 8), "red"), Image.new("RGBA", (8, 8), "blue"))


class Hooks:
    """An extension that makes these overlays; ``asked`` counts its calls."""

    def __init__(self, own: Any = None) -> None:
        self.own = own
        self.asked = 0

    def overlays(self, job: object, start: object, latents: object) -> Generator[None, None, Any]:
        self.asked += 1
        yield from ()
        return self.own


def around(hooks: Hooks, start: Any) -> list[Surroundings]:
    """Return the surroundings of a batch of two."""
    job: Any = SimpleNamespace(services=SimpleNamespace(hooks=hooks))
    work = surroundings(job, Batch(index=0, start=start, sampled=SAMPLED))
    try:
        next(work)
    except StopIteration as end:
        return end.value
    raise AssertionError("it never waits")


def start_of(mask: PreparedMask | None, references: tuple[Any, ...] = ()) -> Any:
    overlays = HOLES if mask is not None else (None, None)
    return SimpleNamespace(init=SimpleNamespace(mask=mask, overlays=overlays, references=references))


def test_nothing_surrounds_txt2img() -> None:
    assert around(Hooks(), None) == [Surroundings()] * 2


def test_a_whole_picture_has_only_its_colours() -> None:
    hooks, colours = Hooks(), (np.zeros((1, 1, 3), np.uint8), np.ones((1, 1, 3), np.uint8))
    found = around(hooks, start_of(None, colours))
    assert [one.reference is colour for one, colour in zip(found, colours, strict=True)] == [True, True]
    assert all(one.overlay is one.mask is one.paste_to is None for one in found)
    assert hooks.asked == 0


def test_a_mask_gives_each_picture_its_own_hole() -> None:
    mask = PreparedMask(image=MASK, overlay=MASK, region=(1, 2, 5, 8))
    first, second = around(Hooks(), start_of(mask))
    assert (first.overlay, second.overlay) == HOLES
    assert first.mask is second.mask is MASK
    assert first.paste_to == second.paste_to == (1, 2, 4, 6)
    assert first.reference is None


def test_an_extensions_overlays_take_their_place() -> None:
    mask = PreparedMask(image=MASK, overlay=MASK, region=None)
    own = [(HOLES[1], Image.new("L", (8, 8), 1)), (HOLES[0], Image.new("L", (8, 8), 2))]
    found = around(Hooks(own), start_of(mask))
    assert [(one.overlay, one.mask) for one in found] == own
    assert all(one.paste_to is None for one in found)
