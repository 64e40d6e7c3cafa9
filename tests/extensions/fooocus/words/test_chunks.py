"""Chunks of a picture."""

from __future__ import annotations

from pathlib import Path

from extensions.fooocus.words.chunks import Words, joined, negative_chunks, picture_of, positive_chunks
from extensions.fooocus.words.styles import PromptStyle
from extensions.fooocus.words.wildcards import Wildcards

FRAME = PromptStyle(name="Frame", positive="a photo of {prompt}\nlit", negative="ugly\nbad")
PLAIN = PromptStyle(name="Plain", positive="fine", negative="")


def test_styles_hold_the_prompt_or_follow_it() -> None:
    assert positive_chunks("cat", ["more"], [FRAME]) == ["a photo of cat", "lit", "more"]
    assert positive_chunks("cat", [], [PLAIN]) == ["cat", "fine"]
    assert positive_chunks("", [], []) == [""]
    assert negative_chunks("dogs", ["rain"], [FRAME, PLAIN]) == ["ugly", "bad", "dogs", "rain"]


def words(*names: str) -> Words:
    styles = {style.name: style for style in (FRAME, PLAIN)}
    folder = Wildcards(folder=Path("/nowhere"))
    return Words(lines=("cat",), negative_lines=("",), names=names, styles=styles, wildcards=folder)


def test_a_picture_has_its_own_texts() -> None:
    picture = picture_of(words("Fooocus V2", "Frame"), 0, 5)
    assert (picture.seed, picture.prompt, picture.styles) == (5, "cat", ("Frame",))
    assert picture.positive == ("a photo of cat", "lit")
    assert picture.expansion.startswith("cat, ")
    assert picture_of(words(), 0, 5).expansion == ""


def test_no_word_is_grammar_that_the_client_does_not_know() -> None:
    assert joined(["a AND b", "[x|y] BREAK", "(z:1.2)", ""]) == r"a and b BREAK \[x|y\] break BREAK (z:1.2)"
