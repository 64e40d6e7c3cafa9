"""Texts about a run: a line, and details that are empty before the first file."""

from __future__ import annotations

from pathlib import Path

from pipelines.training.texts import step_details, step_text
from tests.pipelines.training.test_journal import journal


def test_a_line_for_people() -> None:
    assert step_text(made=13, steps=20, loss=0.0223351) == "step 13 of 20, loss 0.0223351"


def test_details_name_the_last_files(tmp_path: Path) -> None:
    own = journal(tmp_path)
    before = {"trains": "embedding", "made": "0", "prompt": "a <b>", "saved": "", "pictured": ""}
    assert step_details(own, made=0, prompt="a <b>") == before
    own.saved = own.save_path(2)
    path = own.note_picture(2, b"png", "a b")
    after = step_details(own, made=1, prompt="a b")
    assert (after["made"], after["saved"]) == ("1", str(own.saved))
    assert after["pictured"] == f"{path}, prompt: a b"
