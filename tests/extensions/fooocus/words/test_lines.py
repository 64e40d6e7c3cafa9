"""Lines of a prompt."""

from __future__ import annotations

from extensions.fooocus.words.lines import lines_of, split_networks, with_extra


def test_lines_are_cleaned() -> None:
    assert lines_of("  a   cat,, \n\n. ,\n a dog. ") == ["a cat", "a dog"]
    assert lines_of(" \n ") == [""]


def test_networks_are_taken_out() -> None:
    assert split_networks("a cat <lora:tiny:0.5>, <lora:b:-1>") == ("a cat", [("tiny", 0.5), ("b", -1.0)])
    assert split_networks("a <lora:tiny>") == ("a <lora:tiny>", [])


def test_an_additional_prompt_becomes_the_main_line() -> None:
    assert lines_of(with_extra("a cat", "eyes")) == ["eyes", "a cat"]
    assert with_extra("a cat", " ") == "a cat"
