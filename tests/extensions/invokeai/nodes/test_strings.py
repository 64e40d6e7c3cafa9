"""Nodes on texts: joined, split, replaced, read from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from extensions.invokeai.nodes import strings
from tests.extensions.invokeai.bench import Bench


@pytest.mark.parametrize(
    ("kind", "inputs", "value"),
    [
        ("string_join", {"string_left": "a", "string_right": "b"}, "ab"),
        ("string_join_three", {"string_left": "a", "string_middle": "-", "string_right": "b"}, "a-b"),
        ("string_replace", {"string": "A cat", "search_string": "CAT", "replace_string": "dog"}, "A dog"),
        ("string_replace", {"string": "a.b", "search_string": ".", "replace_string": r"\1"}, r"a\1b"),
        (
            "string_replace",
            {"string": "a1b22", "search_string": r"(\d)+", "replace_string": r"<\1>", "use_regex": True},
            "a<1>b<2>",
        ),
    ],
)
def test_texts_are_joined_and_replaced(kind: str, inputs: dict[str, Any], value: str, bench: Bench) -> None:
    assert bench.run(kind, **inputs) == {"value": value}


@pytest.mark.parametrize(
    ("text", "delimiter", "parts"),
    [
        ("a, b, c", ", ", ("a", "b, c")),
        ("one two three", "", ("one", "two three")),
        ("whole", ",", ("whole", "")),
    ],
)
def test_texts_are_split_once(text: str, delimiter: str, parts: tuple[str, str], bench: Bench) -> None:
    split = bench.run("string_split", string=text, delimiter=delimiter)
    assert (split["string_1"], split["string_2"]) == parts


@pytest.mark.parametrize(
    ("text", "positive", "negative"),
    [
        ("cat [ugly] dog [bad]", "cat  dog", "ugly bad"),
        ("a [b [c] d] e", "a  e", "b c d"),
        ("a ] b", "a  b", ""),
        ("a [b", "a", "b"),
    ],
)
def test_square_brackets_hold_the_negative(text: str, positive: str, negative: str, bench: Bench) -> None:
    assert bench.run("string_split_neg", string=text) == {
        "positive_string": positive,
        "negative_string": negative,
    }


def test_prompts_have_alternatives(bench: Bench) -> None:
    prompts = bench.run("dynamic_prompt", prompt="a {red|blue} cat", max_prompts=5, combinatorial=True)
    assert prompts == {"collection": ["a red cat", "a blue cat"]}


@pytest.fixture
def prompts(tmp_path: Path) -> Path:
    """The folder of prompts, with a file of three lines."""
    folder = tmp_path / "prompts"
    folder.mkdir()
    (folder / "three.txt").write_text("one\n two \nthree\n")
    return folder


@pytest.mark.parametrize(
    ("inputs", "lines"),
    [
        ({}, ["one"]),
        ({"max_prompts": 0}, ["one", "two", "three"]),
        ({"start_line": 2, "max_prompts": 5}, ["two", "three"]),
        ({"pre_prompt": "a ", "post_prompt": "!"}, ["a one!"]),
    ],
)
@pytest.mark.usefixtures("prompts")
def test_lines_of_a_file_are_prompts(inputs: dict[str, Any], lines: list[str], bench: Bench) -> None:
    assert bench.run("prompt_from_file", file_path="three.txt", **inputs) == {"collection": lines}


def test_files_elsewhere_are_not_read(prompts: Path, bench: Bench) -> None:
    (prompts.parent / "secret.txt").write_text("secret")
    (prompts / "link.txt").symlink_to(prompts.parent / "secret.txt")
    for path in ("../secret.txt", str(prompts.parent / "secret.txt"), "link.txt"):
        with pytest.raises(ValueError, match="leads out of the folder"):
            bench.run("prompt_from_file", file_path=path)


def test_missing_and_large_files_are_refused(
    prompts: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = (prompts / "three.txt").stat().st_size
    monkeypatch.setattr(strings, "LONGEST_FILE", size)
    bench.run("prompt_from_file", file_path="three.txt")
    monkeypatch.setattr(strings, "LONGEST_FILE", size - 1)
    for path in ("three.txt", "none.txt", "."):
        with pytest.raises(ValueError, match="there is no file"):
            bench.run("prompt_from_file", file_path=path)
