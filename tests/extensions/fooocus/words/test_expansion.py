"""Words added to a prompt by its seed."""

from __future__ import annotations

from extensions.fooocus.words.expansion import WORDS, added_words


def test_the_same_seed_adds_the_same_words() -> None:
    first = added_words("a cat", 7)
    assert first == added_words("a cat", 7 + 2**32) != added_words("a cat", 8)
    prompt, *words = first.split(", ")
    assert prompt == "a cat"
    assert set(words) <= set(WORDS)
    assert len(set(words)) == len(words)


def test_no_word_twice_and_none_for_nothing() -> None:
    assert "elegant" not in added_words("an elegant cat", 1).split(", ")
    assert added_words(" ", 1) == ""
