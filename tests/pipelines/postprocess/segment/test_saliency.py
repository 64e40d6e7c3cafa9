"""Masks of what stands out, by ONNX files with fixed answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipelines.catalog.mask_models import CLOTHES, SALIENCY_MODELS
from pipelines.contract.errors import CorruptFile
from pipelines.postprocess.segment.saliency import Saliency
from tests.onnx_files import Floats, write_onnx

PICTURE = Image.new("RGB", (40, 20), "red")


def answering(values: Floats, folder: Path, model: str) -> Saliency:
    side = SALIENCY_MODELS[model].side
    path = write_onnx(folder / f"{model}.onnx", (side, side), {"first": values[None]})
    return Saliency(path, model, field="mask_model")


@pytest.mark.parametrize("model", [name for name in SALIENCY_MODELS if name != CLOTHES])
def test_answers_are_stretched_to_the_whole_range(model: str, tmp_path: Path) -> None:
    side = SALIENCY_MODELS[model].side
    values = np.full((1, side, side), -2, np.float32)
    values[:, :, side // 2 :] = 6
    mask = np.asarray(answering(values, tmp_path, model).mask(PICTURE))
    assert mask.shape == (20, 40)
    assert mask[:, :18].max() < 4 and mask[:, 22:].min() > 251


def test_a_flat_answer_is_no_mask(tmp_path: Path) -> None:
    values = np.full((1, 320, 320), 0.7, np.float32)
    assert np.asarray(answering(values, tmp_path, "u2net").mask(PICTURE)).max() == 0


def test_clothes_by_their_class(tmp_path: Path) -> None:
    values = np.zeros((4, 768, 768), np.float32)
    values[1, :384, :], values[2, 384:, :384], values[3, 384:, 384:] = 1, 1, 1
    network = answering(values, tmp_path, CLOTHES)
    upper, lower, full = (
        np.asarray(network.mask(PICTURE, cloth=name)) for name in ("upper", "lower", "full")
    )
    assert (upper[2, 5], upper[17, 5], upper[17, 35]) == (255, 0, 0)
    assert (lower[2, 5], lower[17, 5], lower[17, 35]) == (0, 255, 0)
    assert (full[2, 5], full[17, 5], full[17, 35]) == (0, 0, 255)


def test_what_is_no_network_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "u2net.onnx"
    path.write_bytes(b"\0" * 99)
    with pytest.raises(CorruptFile, match=r"u2net\.onnx can't be loaded") as refused:
        Saliency(path, "u2net", field="mask_model")
    assert refused.value.field == "mask_model"


def test_too_few_classes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CorruptFile, match="can't be run"):
        answering(np.zeros((2, 768, 768), np.float32), tmp_path, CLOTHES).mask(PICTURE)
