"""A folder of pictures is prepared as a job."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.contract.preprocessing import PreprocessRequest, PreprocessResult
from pipelines.engine.engine import Engine
from pipelines.training.preprocess.work import words_for
from tests.engines import make_engine
from tests.pipelines.training.runs import INPUTS


def test_pictures_and_their_mirrors_are_written_with_their_texts(models_dir: Path, tmp_path: Path) -> None:
    engine: Engine = make_engine(models_dir, tmp_path)
    request = PreprocessRequest(
        source=str(INPUTS / "pics"),
        destination=str(tmp_path / "out"),
        width=32,
        height=32,
        flip=True,
        text_action="copy",
    )
    assert engine.run(request) == PreprocessResult(read=4, written=8)
    engine.close()
    assert len(list((tmp_path / "out").glob("*.png"))) == 8
    texts = sorted(path.read_text(encoding="utf-8") for path in (tmp_path / "out").glob("*.txt"))
    assert texts == ["a blue square, flat, on black"] * 2 + ["a line"] * 2


@pytest.mark.parametrize(
    ("action", "words"),
    [("ignore", "caption"), ("copy", "text"), ("prepend", "text caption"), ("append", "caption text")],
)
def test_a_text_and_a_caption_are_joined(action: str, words: str) -> None:
    assert words_for("caption", "text", action) == words
