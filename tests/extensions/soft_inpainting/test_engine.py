"""Soft inpainting's hooks: a blend where the script is on, and overlays where its blend was used."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest
import torch

from extensions.soft_inpainting.blend import SoftBlend
from extensions.soft_inpainting.engine import mask_hook, overlay_hook
from extensions.soft_inpainting.script import TITLE
from extensions.soft_inpainting.settings import SoftSettings
from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import ScriptCall
from pipelines.generation.job import GenerationJob
from pipelines.generation.notes import Notes
from pipelines.generation.start.img2img import Img2imgStart
from pipelines.plugin import MaskHook
from tests.pipelines.jobs.helpers import make_request


def job(*calls: ScriptCall) -> GenerationJob:
    """A job whose request calls these always-on scripts."""
    notes = Notes()
    made = SimpleNamespace(request=make_request(always_on=calls), notes=notes, add_pairs=notes.add_pairs)
    return cast("GenerationJob", made)


def asked(made: GenerationJob) -> MaskHook | None:
    return mask_hook(made)


def test_a_job_without_the_script_has_the_usual_mask() -> None:
    assert asked(job()) is None
    assert asked(job(ScriptCall(name="another", args=(True,)))) is None


def test_a_script_that_is_off_leaves_no_trace() -> None:
    made = job(ScriptCall(name=TITLE, args=(False, 2)))
    assert asked(made) is None
    assert dict(made.notes.pairs) == {}


def test_the_blend_has_the_numbers_that_were_sent() -> None:
    made = job(ScriptCall(name=TITLE.upper(), args=(True, 2, 0.25)))
    make = asked(made)
    assert make is not None
    init, repaint = torch.zeros(1, 4, 2, 2), torch.ones(1, 2, 2)
    blend = make(init, repaint)
    assert isinstance(blend, SoftBlend)
    assert blend.settings == SoftSettings(power=2.0, scale=0.25)
    assert blend.init is init and blend.repaint is repaint
    assert made.notes.pairs["Soft inpainting enabled"] is True
    assert made.notes.pairs["Soft inpainting schedule bias"] == 2
    assert made.notes.pairs["Soft inpainting difference contrast"] == 2


def test_arguments_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="takes numbers"):
        asked(job(ScriptCall(name=TITLE, args=(True, "much"))))


def test_a_batch_with_another_mask_keeps_its_overlays() -> None:
    start = cast("Img2imgStart", SimpleNamespace(mask=None))
    assert overlay_hook(job(), start, torch.zeros(1, 4, 2, 2)) is None
