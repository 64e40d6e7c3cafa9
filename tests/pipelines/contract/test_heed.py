"""A job that is given up ends at the next picture, tile or text, however deep; and what is made in pieces."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from pipelines.contract.control import Action, JobControl
from pipelines.contract.errors import Cancelled
from pipelines.contract.heed import Pieces, advancing, heed, heeding, in_one_go
from pipelines.contract.progress import Progress
from pipelines.contract.requests import ExtrasRequest
from pipelines.pictures.tiles import process_tiled
from pipelines.postprocess.upscale.averaged import process_averaged
from tests.engines import make_engine


def png(side: int = 64) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (side, side), "red").save(buffer, "PNG")
    return buffer.getvalue()


def test_nothing_is_heeded_outside_of_a_job_or_for_an_interrupt() -> None:
    heed()
    control = JobControl()
    control.ask(Action.INTERRUPT)
    with advancing(control):
        assert list(heeding("ab")) == ["a", "b"]
    control.ask(Action.CANCEL)
    heed()
    with advancing(control), pytest.raises(Cancelled):
        heed()


def test_tiles_end_at_the_next_one() -> None:
    control = JobControl()
    seen: list[int] = []

    def process(tile: Image.Image) -> Image.Image:
        seen.append(1)
        control.ask(Action.CANCEL)
        return tile

    with advancing(control), pytest.raises(Cancelled):
        in_one_go(process_tiled(Image.new("RGB", (64, 64)), process, 16, 0))
    assert len(seen) == 1


def test_averaged_tiles_end_at_the_next_one() -> None:
    control = JobControl()
    seen: list[int] = []

    def process(tile: torch.Tensor) -> torch.Tensor:
        seen.append(1)
        control.ask(Action.CANCEL)
        return tile

    picture = torch.from_numpy(np.zeros((1, 3, 64, 64), np.float32))
    with advancing(control), pytest.raises(Cancelled):
        in_one_go(process_averaged(picture, process, 1, 16, 0))
    assert len(seen) == 1


def test_extras_end_at_the_next_picture(models_dir: Path, tmp_path: Path) -> None:
    control = JobControl()
    told: list[Progress] = []

    def listen(progress: Progress) -> None:
        told.append(progress)
        if progress.batch == 1:
            control.ask(Action.CANCEL)

    request = ExtrasRequest(images=(png(),) * 5, upscaler_1="Lanczos")
    engine = make_engine(models_dir, tmp_path)
    try:
        with pytest.raises(Cancelled):
            engine.run(request, control=control, on_progress=listen)
    finally:
        engine.close()
    assert max(progress.batch for progress in told) == 1


def counted(seen: list[int], last: int) -> Pieces[str]:
    for number in range(last):
        seen.append(number)
        yield
    if last > 2:
        raise ValueError("too many")
    return "done"


def test_every_piece_is_made_and_the_value_answered() -> None:
    seen: list[int] = []
    assert in_one_go(counted(seen, 2)) == "done"
    assert seen == [0, 1]


def test_what_goes_wrong_is_raised() -> None:
    with pytest.raises(ValueError, match="too many"):
        in_one_go(counted([], 3))
