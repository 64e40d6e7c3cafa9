"""Tiny networks that make masks, written once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipelines.postprocess.segment.small_networks import save_grounding_dino, save_sam


@pytest.fixture(scope="session")
def dino_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny Grounding DINO."""
    return save_grounding_dino(tmp_path_factory.mktemp("dino") / "tiny")


@pytest.fixture(scope="session")
def sam_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny Segment Anything."""
    return save_sam(tmp_path_factory.mktemp("sam") / "tiny")
