"""Wildcard files are read below their folders, and names without values are noted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from extensions.dynamic_prompts.child.wildcards import WatchedWildcards
from extensions.dynamic_prompts.task import TemplateTask
from tests.extensions.dynamic_prompts.child.working import made, prompts


def test_wildcards_in_text_json_and_yaml_files_may_name_each_other(tmp_path: Path) -> None:
    (tmp_path / "things").mkdir()
    (tmp_path / "things" / "ball.txt").write_text("# a note\n__colour__ ball\n")
    (tmp_path / "colour.txt").write_text("red\nred\n")
    (tmp_path / "more.yaml").write_text("shapes:\n  flat: [square]\n  solid: [cube]\n")
    (tmp_path / "names.json").write_text(json.dumps({"who": ["Ann"]}))
    assert prompts("a __things/ball__", 1, tmp_path) == ["a red ball"]
    assert set(prompts("__shapes/*__", 20, tmp_path)) == {"square", "cube"}
    assert prompts("__who__", 1, tmp_path) == ["Ann"]
    assert prompts("{2$$ $$__shapes/*__}", 1, tmp_path)[0].count(" ") == 1


def test_a_wildcard_that_is_nowhere_stays_and_is_said(tmp_path: Path) -> None:
    answer = made("a __nothing__", 1, tmp_path)
    assert answer.prompts == ["a __nothing__"]
    assert "there is no wildcard 'nothing'" in answer.warnings


def test_no_wildcard_leads_out_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "wildcards").mkdir()
    for name in ("../secret", "/../secret", str(tmp_path / "secret")):
        assert prompts(f"__{name}__", 1, tmp_path / "wildcards") != ["secret"]


def wildcards(*roots: Path, **asked: Any) -> WatchedWildcards:
    return WatchedWildcards(TemplateTask(roots=[str(root) for root in roots], **asked))


def test_names_without_values_are_noted_once_in_order(tmp_path: Path) -> None:
    (tmp_path / "colour.txt").write_text("red\n")
    (tmp_path / "empty.txt").write_text("# nothing\n")
    found = wildcards(tmp_path, tmp_path / "nowhere")
    for name in ("shape", "colour", "empty", "shape"):
        found.get_values(name)
    assert found.missing == ("shape", "empty")


def test_values_are_sorted_and_unique_unless_the_task_says_otherwise(tmp_path: Path) -> None:
    (tmp_path / "colour.txt").write_text("red\nblue\nred\n")
    assert list(wildcards(tmp_path).get_values("colour").string_values) == ["blue", "red"]
    as_written = wildcards(tmp_path, dedupe=False, sort=False).get_values("colour")
    assert list(as_written.string_values) == ["red", "blue", "red"]
