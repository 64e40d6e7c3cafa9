"""Join extensions to pluggy hooks, and call them one by one, so that one that fails is named and left out."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from typing import Any, TypeVar

import pluggy

log = logging.getLogger(__name__)
FAILURES = (Exception, SystemExit)
"""The errors of an extension's code that the process survives."""
LEFT_OUT = "extension %s is left out of the hook %s"
T = TypeVar("T")


def join(manager: pluggy.PluginManager, plugin: object, name: str | None = None) -> None:
    """Register a plugin with all its hooks or none.

    Raises PluginValidationError for an unknown hook, or an unknown argument of one.
    """
    manager.register(plugin, name=name)
    try:
        manager.check_pending()
    except pluggy.PluginValidationError:
        manager.unregister(plugin)
        raise


def answer_of(hook: pluggy.HookImpl, **arguments: object) -> Any:
    """Call one plugin's hook with those of the arguments that it takes, and return its answer."""
    return hook.function(*(arguments[name] for name in hook.argnames))


def answers_of_each(
    manager: pluggy.PluginManager, hook: str, *, without: Collection[str] = (), **arguments: object
) -> Iterator[tuple[str, Any]]:
    """Yield names of plugins with their answers, in the order of registration; None is no answer.

    One that fails has none, and its error is logged. Those in ``without`` aren't called.
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
    """Return the items that all plugins list, in the order of registration.

    One that fails, or lists anything but ``kind``, is left out, and its error is logged.
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
