"""Steering, chunks and files out of a generation's calls of scripts."""

from __future__ import annotations

from dataclasses import asdict
from types import SimpleNamespace
from typing import Any

from extensions.fooocus.kinds import Steering
from extensions.fooocus.steering.call import (
    TITLE,
    InpaintFiles,
    chunks_of,
    inpaint_files_of,
    steering_of,
    without_inpaint_files,
)
from pipelines.contract.requests import ScriptCall

STEERING = Steering(sharpness=5.0, adm_end=0.1, freeu=(1.1, 1.2, 0.9, 0.2))
CHUNKS = {"positive": ["a cat", "film"], "negative": ["blurry"]}
FILES = InpaintFiles(head="head.pth", patch="v26.patch")
CALL = ScriptCall(name=TITLE, args=(asdict(STEERING), CHUNKS, asdict(FILES)))
OTHER = ScriptCall(name="ControlNet", args=({"enabled": True},))


def job(*calls: ScriptCall) -> Any:
    return SimpleNamespace(request=SimpleNamespace(always_on=calls))


def test_all_of_it_is_read_again() -> None:
    ours = job(OTHER, CALL)
    assert steering_of(ours) == STEERING
    assert chunks_of(ours) == (("a cat", "film"), ("blurry",))
    assert inpaint_files_of(ours) == FILES


def test_four_factors_that_became_a_list_are_a_tuple_again() -> None:
    values = {**asdict(STEERING), "freeu": [1.1, 1.2, 0.9, 0.2]}
    assert steering_of(job(ScriptCall(name=TITLE, args=(values, CHUNKS)))) == STEERING


def test_without_files_nothing_repaints() -> None:
    assert inpaint_files_of(job(without_inpaint_files(CALL))) is None
    assert steering_of(job(without_inpaint_files(CALL))) == STEERING


def test_generations_of_other_apis_have_none() -> None:
    assert steering_of(job(OTHER)) is None
    assert (chunks_of(job()), inpaint_files_of(job())) == (((), ()), None)
