"""Frames of progress and of pictures carry what clients read of them."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from extensions.swarmui.runs.frames import NOTICE, picture_frame, progress_frame
from extensions.swarmui.runs.made import MadePicture
from extensions.swarmui.runs.run import SwarmRun
from pipelines.contract.progress import Progress
from pipelines.jobs.view import JobView
from sdapi.core.state import State
from sdapi.http.responses import encode_base64
from tests.extensions.swarmui.direct_runs import begun
from tests.sdapi.fakes import png

HALF = Progress(step=5, steps=10, batch=1, batch_count=2, preview=png(), preview_id=3)


@pytest.fixture
def run(direct: State) -> SwarmRun:
    made, _ = asyncio.run(begun(direct, prompt="a cat", initimage="x" * 20))
    return replace(made, offset=4)


def frame(run: SwarmRun, progress: Progress, *, preview: bool = True, first: bool = False) -> dict[str, Any]:
    view = JobView(id="job", progress=progress)
    return progress_frame(run, 2, view, preview=preview, first=first)["gen_progress"]


def test_shares_are_those_of_the_stage_and_of_all(run: SwarmRun) -> None:
    found = frame(run, HALF)
    assert (found["current_percent"], found["overall_percent"]) == (0.5, 0.75)
    beyond = frame(run, replace(HALF, step=30))
    assert (beyond["current_percent"], beyond["overall_percent"]) == (1.0, 1.0)
    unknown = frame(run, Progress())
    assert (unknown["current_percent"], unknown["overall_percent"]) == (0.0, 0.0)


def test_pictures_are_numbered_over_the_whole_socket(run: SwarmRun) -> None:
    assert frame(run, HALF)["batch_index"] == "6"
    assert frame(run, HALF)["request_id"] == run.id


def test_a_preview_is_a_data_url_of_its_kind(run: SwarmRun) -> None:
    assert frame(run, HALF)["preview"] == f"data:image/png;base64,{encode_base64(png())}"
    jpeg = replace(HALF, preview=b"\xff\xd8\xff")
    assert frame(run, jpeg)["preview"] == "data:image/jpeg;base64,/9j/"
    assert "preview" not in frame(run, HALF, preview=False)
    assert "preview" not in frame(run, replace(HALF, preview=None))


def test_the_first_frame_alone_has_metadata(run: SwarmRun) -> None:
    assert "metadata" not in frame(run, HALF)
    found = json.loads(frame(run, HALF, first=True)["metadata"])
    assert (found["is_preview"], found["preview_notice"]) == (True, NOTICE)
    assert found["sui_image_params"]["prompt"] == "a cat"
    assert "initimage" not in found["sui_image_params"]


def test_a_picture_is_flat_or_nested(run: SwarmRun) -> None:
    made = MadePicture(index=1, image="View/local/raw/a.png", metadata="{}")
    flat = picture_frame(run, made, nested=False)
    assert flat == {"image": made.image, "batch_index": "5", "request_id": run.id, "metadata": "{}"}
    assert picture_frame(run, made, nested=True) == {"image": flat}
