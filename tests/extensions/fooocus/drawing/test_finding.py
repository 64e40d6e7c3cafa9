"""Masks of what a picture shows, by tiny networks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from PIL import Image

from extensions.fooocus.bodies.enhance import MaskOfPicture
from extensions.fooocus.drawing.finding import MOST_BOXES, drawn, found_mask, grown
from extensions.fooocus.masking import MaskWish
from pipelines.contract.control import Action, JobControl
from pipelines.contract.errors import MissingWeights
from pipelines.engine.engine import Engine
from pipelines.generation.context import WorkContext
from pipelines.generation.reporter import Reporter
from tests.extensions.fooocus.drawing.mask_models import half_mask_engine

PICTURE = Image.radial_gradient("L").convert("RGB").resize((100, 60))
SALIENT = MaskWish(model="u2net", field="mask_model")
NAMED = MaskWish(model="sam", field="mask_model", words="face", box_threshold=0.0)


@pytest.fixture(scope="module")
def masking(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return half_mask_engine(models_dir, tmp_path_factory.mktemp("masking"))


def mask_of(
    wish: MaskWish,
    engine: Engine,
    *,
    control: JobControl | None = None,
    warn: Callable[[str], None] = lambda text: None,
    at_pause: Callable[[int], None] = lambda count: None,
) -> Image.Image:
    """The mask; ``at_pause`` hears how many pauses there were."""
    context = WorkContext(
        services=engine.services,
        control=control or JobControl(),
        reporter=Reporter(lambda progress: None),
    )
    work, count = found_mask(PICTURE, wish, context, warn), 0
    while True:
        try:
            next(work)
        except StopIteration as end:
            return cast("Image.Image", end.value)
        count += 1
        at_pause(count)


def test_what_stands_out(masking: Engine) -> None:
    mask = np.asarray(mask_of(SALIENT, masking))
    assert mask.shape == (60, 100)
    assert mask[:, :45].max() < 4 and mask[:, 55:].min() > 251


def test_a_network_stays_loaded(masking: Engine) -> None:
    mask_of(SALIENT, masking)
    before = list(masking.services.weights.contents)
    mask_of(SALIENT, masking)
    assert masking.services.weights.contents == before


def test_what_words_name(masking: Engine) -> None:
    mask = np.asarray(mask_of(NAMED, masking))
    assert mask.shape == (60, 100)
    assert set(np.unique(mask).tolist()) <= {0, 255}
    assert not np.asarray(mask_of(replace(NAMED, box_threshold=1.0), masking)).any()


def test_a_stop_is_heard_between_things(masking: Engine) -> None:
    pauses: list[int] = []
    whole = np.asarray(mask_of(NAMED, masking, at_pause=pauses.append))
    assert len(pauses) > 4
    control = JobControl()
    stopped: list[int] = []

    def stop(count: int) -> None:
        stopped.append(count)
        if count == 2:
            control.ask(Action.INTERRUPT)

    assert not np.asarray(mask_of(NAMED, masking, control=control, at_pause=stop)).any()
    assert whole.any() and len(stopped) == 2


def test_at_most_so_many_things_are_looked_for(masking: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extensions.fooocus.drawing.finding.MOST_BOXES", 2)
    warnings: list[str] = []
    bounded = mask_of(replace(NAMED, boxes=True), masking, warn=warnings.append)
    assert warnings == ["mask_model: 10 things were found; the surest 2 count"]
    told = mask_of(replace(NAMED, boxes=True, most=2), masking, warn=warnings.append)
    assert (bounded.tobytes(), len(warnings)) == (told.tobytes(), 1)


def test_the_bound_is_the_one_that_is_documented() -> None:
    told = MaskOfPicture.model_fields["sam_max_detections"].description
    assert told is not None and told.endswith(f"0: up to {MOST_BOXES}")


def test_boxes_as_the_mask(masking: Engine) -> None:
    wish = replace(NAMED, boxes=True)
    areas = [
        int((np.asarray(mask_of(one, masking)) > 0).sum())
        for one in (replace(wish, most=1), wish, replace(wish, grow=5))
    ]
    assert 0 < areas[0] < areas[1] < areas[2]


def test_missing_weights_name_file_and_folder(masking: Engine) -> None:
    with pytest.raises(MissingWeights, match=r"silueta\.onnx in the folder .*rembg"):
        mask_of(replace(SALIENT, model="silueta"), masking)
    with pytest.raises(MissingWeights, match="sam_vit_h"):
        mask_of(replace(NAMED, size="vit_h"), masking)


def test_boxes_grow_within_the_picture() -> None:
    assert grown((10, 10, 20, 20), 5, (22, 40)) == (5, 5, 22, 25)
    assert grown((10, 10, 20, 20), -2, (40, 40)) == (12, 12, 18, 18)
    tiny = grown((10, 10, 12, 12), -9, (40, 40))
    assert tiny[0] <= tiny[2] and tiny[1] <= tiny[3]
    assert cast("int", drawn([(1, 1, 3, 3)], (5, 5)).getpixel((2, 2))) == 255
