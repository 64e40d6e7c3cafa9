"""Plugins that can't be registered, or fail when asked, keep no other from answering."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pluggy
import pytest

from pipelines.extending.extension_hooks import answer_of, answers_of_each, items_of_each, join

spec = pluggy.HookspecMarker("sample")
impl = pluggy.HookimplMarker("sample")


class Spec:
    """The hooks of a surface: one alone."""

    @spec
    def words(self, first: int, second: int) -> Sequence[str] | None:
        """List words, given two numbers."""


class Says:
    """Answers what it was made with, or raises it."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    @impl
    def words(self, second: int) -> Any:
        """Return the answer, or raise it."""
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer


class Misspelt:
    """Implements a hook that isn't specified."""

    @impl
    def wrods(self) -> Sequence[str]:
        """List words under a name that no hook has."""
        return ["a"]


class Mistaken:
    """Takes an argument that the hook doesn't give."""

    @impl
    def words(self, third: int) -> Sequence[str]:
        """List words, given a number that no caller passes."""
        return ["a"]


@pytest.fixture
def manager() -> pluggy.PluginManager:
    made = pluggy.PluginManager("sample")
    made.add_hookspecs(Spec)
    return made


@pytest.mark.parametrize("plugin", [Misspelt(), Mistaken()])
def test_what_cannot_be_asked_is_not_registered(manager: pluggy.PluginManager, plugin: object) -> None:
    with pytest.raises(pluggy.PluginValidationError, match=r"wrods|third"):
        join(manager, plugin, "bad")
    assert manager.get_plugins() == set()
    join(manager, Says(["a"]), "good")
    assert manager.hook.words(first=1, second=2) == [["a"]]


def test_a_plugin_is_given_what_it_takes(manager: pluggy.PluginManager) -> None:
    class Adds:
        @impl
        def words(self, second: int, first: int) -> Sequence[str]:
            return [f"{second} {first}"]

    join(manager, Adds())
    (one,) = manager.hook.words.get_hookimpls()
    assert answer_of(one, first=1, second=2) == ["2 1"]


@pytest.mark.parametrize("failure", [ValueError("no"), SystemExit(1)])
def test_one_that_fails_is_named(
    manager: pluggy.PluginManager, caplog: pytest.LogCaptureFixture, failure: BaseException
) -> None:
    for name, answer in {"a": ["x"], "b": failure, "c": None, "d": ["y"], "e": ["z"]}.items():
        join(manager, Says(answer), name)
    answers = answers_of_each(manager, "words", without={"e"}, first=1, second=2)
    assert list(answers) == [("a", ["x"]), ("d", ["y"])]
    assert caplog.messages == ["extension b is left out of the hook words"]


def test_an_interrupt_goes_on(manager: pluggy.PluginManager) -> None:
    join(manager, Says(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        list(answers_of_each(manager, "words", first=1, second=2))


@pytest.mark.parametrize("wrong", [3, ["x", 3]])
def test_one_that_lists_something_else_is_named(caplog: pytest.LogCaptureFixture, wrong: object) -> None:
    class Lists:
        def __init__(self, answer: object) -> None:
            self.answer = answer

        @impl
        def words(self) -> Any:
            return self.answer

    manager = pluggy.PluginManager("sample")
    manager.add_hookspecs(Spec)
    for name, answer in {"a": ["x"], "b": wrong, "c": ("y", "z")}.items():
        join(manager, Lists(answer), name)
    assert items_of_each(manager, "words", str) == ["x", "y", "z"]
    assert caplog.messages == ["extension b is left out of the hook words"]
