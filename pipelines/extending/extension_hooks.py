"""Join extensions to pluggy hooks, and ask them one by one, so that one that fails is named and left out."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from typing import Any, TypeVar

import pluggy

log = logging.getLogger(__name__)
FAILURES = (Exception, SystemExit)
"""What code of an extension may end with, and the process goes on."""
LEFT_OUT = "extension %s is left out of the hook %s"
T = TypeVar("T")


def join(manager: pluggy.PluginManager, plugin: object, name: str | None = None) -> None:
    """Register a plugin.

    Raises PluginValidationError for a hook, or an argument of one, that there isn't; then nothing of it is
    registered.
    """
    manager.register(plugin, name=name)
    try:
        manager.check_pending()
    except pluggy.PluginValidationError:
        manager.unregister(plugin)
        raise


def answer_of(hook: pluggy.HookImpl, **arguments: object) -> Any:
    """What one plugin answers to a hook, given those arguments that it takes."""
    return hook.function(*(arguments[name] for name in hook.argnames))


def answers_of_each(
    manager: pluggy.PluginManager, hook: str, *, without: Collection[str] = (), **arguments: object
) -> Iterator[tuple[str, Any]]:
    """Names of plugins and what they answer, in the order of registration; None is no answer.

    One that fails has none, and the log says why. Those in ``without`` aren't asked.
    """
    implementations: list[pluggy.HookImpl] = getattr(manager.hook, hook).get_hookimpls()
    for one in implementations:
        if one.plugin_name in without:
            continue
        try:
            answer = answer_of(one, **arguments)
        except FAILURES:
            log.exception(LEFT_OUT, one.plugin_name, hook)
        else:
            if answer is not None:
                yield one.plugin_name, answer


def items_of_each(manager: pluggy.PluginManager, hook: str, kind: type[T]) -> list[T]:
    """What all plugins list, in the order of registration.

    One that fails, or lists anything but ``kind``, is left out, and the log says why.
    """
    found: list[T] = []
    for name, answer in answers_of_each(manager, hook):
        try:
            found += _checked(answer, kind)
        except FAILURES:
            log.exception(LEFT_OUT, name, hook)
    return found


def _checked(answer: Any, kind: type[T]) -> list[T]:
    items = list(answer)
    for item in items:
        if not isinstance(item, kind):
            raise TypeError(f"{item!r} is no {kind.__name__}")
    return items
