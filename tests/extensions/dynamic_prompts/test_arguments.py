"""The script's arguments have the names and defaults of their labels, in the order of clients."""

from __future__ import annotations

from dataclasses import asdict, fields

from extensions.dynamic_prompts.arguments import (
    ARGUMENTS,
    COUNT_PLACE,
    SCRIPT,
    DynamicArguments,
    read_arguments,
)


def test_defaults_are_those_that_listings_show() -> None:
    assert [argument.value for argument in ARGUMENTS] == list(asdict(DynamicArguments()).values())
    assert [field.name for field in fields(DynamicArguments)][COUNT_PLACE] == "max_generations"
    assert len(ARGUMENTS) == 18


def test_arguments_are_read_by_their_places() -> None:
    found = read_arguments([False, True, 3])
    assert (found.is_enabled, found.is_combinatorial, found.combinatorial_batches) == (False, True, 3)
    assert found == DynamicArguments(is_enabled=False, is_combinatorial=True, combinatorial_batches=3)


def test_arguments_beyond_the_last_are_not_read() -> None:
    assert read_arguments([*asdict(DynamicArguments()).values(), "more"]) == DynamicArguments()
    assert read_arguments([]) == DynamicArguments()


def test_titles_of_every_version_are_the_scripts() -> None:
    for title in ("Dynamic Prompts v2.17.1", "dynamic prompts v2.6.3", "Dynamic Prompts"):
        assert SCRIPT.is_called(title), title
    for title in ("Dynamic", "Dynamic Prompts too", "My Dynamic Prompts"):
        assert not SCRIPT.is_called(title), title
