"""Docstrings are sentences or noun phrases that say more than a name does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.test_source import MODULES, name_of, tree_of

CLAUSES = frozenset("what how which where who whom whose whether when why".split())
"""Words that begin a clause of another sentence, not a sentence of its own."""
SHORT = 3
"""Words of a docstring that mostly repeats a name."""
SHORT_AT_MOST = 124
"""So many are enough as they are; the number may only shrink."""


def docstrings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and first line of every docstring: of modules, classes, functions, constants and fields."""
    for node in ast.walk(tree):
        body = getattr(node, "body", ())
        for statement in body if isinstance(body, list) else ():
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                text = statement.value.value
                if isinstance(text, str):
                    yield statement.lineno, text.strip().partition("\n")[0]


def first_word(line: str) -> str:
    return line.partition(" ")[0].strip(",.:;'\"").lower()


def all_lines() -> Iterator[tuple[Path, int, str]]:
    for path in MODULES:
        for number, line in docstrings(tree_of(path)):
            yield path, number, line


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"""What it reads."""', "what"),
        ('def f():\n    """Whether it is so."""', "whether"),
        ('x = 1\n"""How many."""', "how"),
        ('class A:\n    """A row."""\n    x: int\n    """Where it lies."""', "where"),
    ],
)
def test_clauses_are_found_wherever_they_stand(text: str, found: str) -> None:
    assert found in [first_word(line) for _, line in docstrings(ast.parse(text))]


def test_a_docstring_begins_with_a_verb_or_a_noun() -> None:
    clauses = [f"{name_of(p)}:{n} {line}" for p, n, line in all_lines() if first_word(line) in CLAUSES]
    assert clauses == []


def test_few_docstrings_are_as_short_as_a_name() -> None:
    short = [f"{name_of(p)}:{n} {line}" for p, n, line in all_lines() if len(line.split()) <= SHORT]
    assert len(short) <= SHORT_AT_MOST, "\n".join(short)
