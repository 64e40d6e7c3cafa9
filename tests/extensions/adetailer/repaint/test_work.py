"""Each mask is repainted by a generation of its own, with its prompt, seed and cost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.contract.control import Action, JobControl
from pipelines.contract.errors import Cancelled, InvalidRequest
from pipelines.contract.limits import WorkLimits
from pipelines.contract.progress import Progress
from pipelines.contract.requests import GenerationRequest, Img2Img, Style
from pipelines.engine.engine import Engine
from tests.engines import pixels
from tests.extensions.adetailer.detail_engine import (
    AROUND,
    MERGED,
    PLACE,
    changed,
    detail_request,
    drawing,
    png,
    run,
)


def test_what_is_not_there_is_said_and_the_picture_stays(engine: Engine) -> None:
    result = run(engine, detail_request(engine, MERGED | {"ad_mask_min_ratio": 0.9}))
    assert not changed(result).any()
    assert result.warnings == (f"{PLACE}: red_yolov8n.pt found nothing in picture 1",)


def test_each_mask_has_its_prompt_and_seed(engine: Engine, generations: list[GenerationRequest]) -> None:
    unit = {
        "ad_prompt": "one [SEP] [SKIP] [SEP] [PROMPT], more",
        "ad_negative_prompt": "none",
        "ad_mask_k": 4,
    }
    run(engine, detail_request(engine, unit, negative_prompt="bad", steps=1))
    asked = generations
    assert [request.prompt for request in asked][:2] == ["one", "a red circle on a white background, more"]
    assert [request.seeds.seed for request in asked][:2] == [1, 3]
    assert {request.negative_prompt for request in asked} == {"none"}


def test_styles_are_added_to_prompts_of_the_units_own(
    engine: Engine, generations: list[GenerationRequest]
) -> None:
    styles = (Style(name="s", prompt="in oil"),)
    run(engine, detail_request(engine, AROUND | {"ad_prompt": "a face"}, MERGED, styles=styles))
    assert [request.prompt for request in generations][:2] == [
        "a face, in oil",
        "a red circle on a white background, in oil",
    ]


def test_what_repainting_costs_counts(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = replace(WorkLimits(), cost=1)
    request = detail_request(engine, MERGED | {"ad_use_inpaint_width_height": True, "ad_inpaint_width": 512})
    settings = replace(engine.services.settings, limits=limits)
    monkeypatch.setattr(engine.services, "settings", settings)
    with pytest.raises(InvalidRequest, match="cost") as caught:
        run(engine, replace(request, steps=10))
    assert caught.value.field is not None
    assert caught.value.field.startswith(PLACE)


def test_a_cancelled_job_ends_while_it_repaints(engine: Engine) -> None:
    control = JobControl()
    unit = MERGED | {"ad_use_steps": True, "ad_steps": 50, "ad_denoising_strength": 1.0}
    job = engine.start("job", detail_request(engine, unit), control=control)
    for _ in range(6):
        engine.step()
    control.ask(Action.CANCEL)
    while job.outcome is None:
        engine.step()
    assert isinstance(job.outcome, Cancelled)


def test_progress_counts_what_is_repainted(engine: Engine) -> None:
    told: list[Progress] = []
    job = engine.start("job", detail_request(engine, MERGED), on_progress=told.append)
    while job.outcome is None:
        engine.step()
    assert told[-1].batch_count == told[-1].batch == 2


def test_a_larger_picture_keeps_its_size_where_img2img_is_skipped(engine: Engine) -> None:
    start = Img2Img(images=(png(drawing().resize((96, 96))),))
    result = run(engine, detail_request(engine, MERGED, img2img=start))
    assert pixels(result).shape == (96, 96, 3)


def test_masks_may_all_have_the_pictures_seed(engine: Engine, generations: list[GenerationRequest]) -> None:
    unit = {"ad_mask_k": 3}
    run(engine, detail_request(engine, unit, steps=1))
    run(engine, detail_request(engine, unit, steps=1, options={"ad_same_seed_for_each_tab": True}))
    assert [request.seeds.seed for request in generations] == [1, 2, 3, 1, 1, 1]
