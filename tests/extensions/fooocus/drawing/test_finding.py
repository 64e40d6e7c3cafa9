"""Masks of what a picture shows, by tiny networks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from PIL import Image

from extensions.fooocus.drawing.finding import drawn, found_mask, grown
from extensions.fooocus.masking import MaskWish
from pipelines.contract.errors import MissingWeights
from pipelines.engine.engine import Engine
from tests.extensions.fooocus.drawing.mask_models import half_mask_engine

PICTURE = Image.radial_gradient("L").convert("RGB").resize((100, 60))
SALIENT = MaskWish(model="u2net", field="mask_model")
NAMED = MaskWish(model="sam", field="mask_model", words="face", box_threshold=0.0)


@pytest.fixture(scope="module")
def masking(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return half_mask_engine(models_dir, tmp_path_factory.mktemp("masking"))


def test_what_stands_out(masking: Engine) -> None:
    mask = np.asarray(found_mask(PICTURE, SALIENT, masking.services))
    assert mask.shape == (60, 100)
    assert mask[:, :45].max() < 4 and mask[:, 55:].min() > 251


def test_a_network_stays_loaded(masking: Engine) -> None:
    found_mask(PICTURE, SALIENT, masking.services)
    before = list(masking.services.weights.contents)
    found_mask(PICTURE, SALIENT, masking.services)
    assert masking.services.weights.contents == before


def test_what_words_name(masking: Engine) -> None:
    mask = np.asarray(found_mask(PICTURE, NAMED, masking.services))
    assert mask.shape == (60, 100)
    assert set(np.unique(mask).tolist()) <= {0, 255}
    assert not np.asarray(found_mask(PICTURE, replace(NAMED, box_threshold=1.0), masking.services)).any()


def test_boxes_as_the_mask(masking: Engine) -> None:
    wish = replace(NAMED, boxes=True)
    areas = [
        int((np.asarray(found_mask(PICTURE, one, masking.services)) > 0).sum())
        for one in (replace(wish, most=1), wish, replace(wish, grow=5))
    ]
    assert 0 < areas[0] < areas[1] < areas[2]


def test_missing_weights_name_file_and_folder(masking: Engine) -> None:
    with pytest.raises(MissingWeights, match=r"silueta\.onnx in the folder .*rembg"):
        found_mask(PICTURE, replace(SALIENT, model="silueta"), masking.services)
    with pytest.raises(MissingWeights, match="sam_vit_h"):
        found_mask(PICTURE, replace(NAMED, size="vit_h"), masking.services)


def test_boxes_grow_within_the_picture() -> None:
    assert grown((10, 10, 20, 20), 5, (22, 40)) == (5, 5, 22, 25)
    assert grown((10, 10, 20, 20), -2, (40, 40)) == (12, 12, 18, 18)
    tiny = grown((10, 10, 12, 12), -9, (40, 40))
    assert tiny[0] <= tiny[2] and tiny[1] <= tiny[3]
    assert cast("int", drawn([(1, 1, 3, 3)], (5, 5)).getpixel((2, 2))) == 255
