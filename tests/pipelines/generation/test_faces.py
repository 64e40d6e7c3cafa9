"""``restore_faces`` where the restorer's files are missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipelines.contract.errors import MissingWeights
from pipelines.contract.options import GenerationOptions
from pipelines.contract.results import GenerationResult
from pipelines.engine.engine import Engine
from tests.engines import make_engine, make_request, pixels


@pytest.fixture
def engine(models_dir: Path, tmp_path: Path) -> Iterator[Engine]:
    engine = make_engine(models_dir, tmp_path)
    yield engine
    engine.close()


def test_the_picture_is_made_unrestored_with_one_warning(engine: Engine, models_dir: Path) -> None:
    plain = engine.run(make_request(models_dir, steps=1))
    result = engine.run(make_request(models_dir, steps=1, batch_size=2, restore_faces=True))
    assert isinstance(plain, GenerationResult) and isinstance(result, GenerationResult)
    assert np.abs(pixels(plain) - pixels(result)).max() <= 1
    assert len(result.warnings) == 1
    assert result.warnings[0].startswith(
        "restore_faces: made without restored faces: CodeFormer needs the file"
    )


def test_an_option_makes_it_an_error(engine: Engine, models_dir: Path) -> None:
    options = GenerationOptions(face_restoration_lenient=False, face_restoration_model="GFPGAN")
    with pytest.raises(MissingWeights, match=r"GFPGANv1\.4\.pth") as caught:
        engine.run(make_request(models_dir, steps=1, restore_faces=True, options=options))
    assert caught.value.field == "restore_faces"
