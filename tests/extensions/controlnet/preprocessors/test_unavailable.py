"""Errors for preprocessors that can't be run, or whose Python package isn't installed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from extensions.controlnet.maps.loaded import LoadedPreprocessor
from extensions.controlnet.maps.sliders import Sliders
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.preprocessors.table import PREPROCESSORS
from extensions.controlnet.preprocessors.unavailable import require_package, unavailable
from pipelines.contract.errors import UnsupportedModel


def test_the_reason_is_that_of_the_row() -> None:
    error = unavailable(Preprocessor(key="x", label="X", unavailable="a licence"))
    assert (error.field, error.message) == ("module", "preprocessor X can't be run: it needs a licence")
    assert "needs what is not built in" in unavailable(Preprocessor(key="x")).message


def test_packages_that_are_there_pass() -> None:
    require_package(Preprocessor(key="x"))
    require_package(Preprocessor(key="x", package="numpy"))


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extensions.controlnet.preprocessors.unavailable.find_spec", lambda name: None)
    with pytest.raises(UnsupportedModel, match="Python package mediapipe, which is not installed"):
        LoadedPreprocessor().run(
            PREPROCESSORS["mediapipe_face"], np.zeros((8, 8, 3), np.uint8), Sliders(), [Path()], "cpu"
        )
