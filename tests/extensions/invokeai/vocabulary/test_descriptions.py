"""Texts about fields: an unknown name is an empty text."""

from __future__ import annotations

import pytest

from extensions.invokeai.vocabulary.descriptions import FieldDescriptions


def test_known_names_have_a_text_and_others_an_empty_one() -> None:
    assert FieldDescriptions.steps == "Number of steps"
    assert getattr(FieldDescriptions, "of_a_later_release") == ""  # noqa: B009


def test_pythons_own_names_are_not_texts() -> None:
    with pytest.raises(AttributeError):
        getattr(FieldDescriptions, "__wrapped__")  # noqa: B009
