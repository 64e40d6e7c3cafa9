"""Hooks by which extensions join the HTTP side: pluggy calls their functions for the application.

An extension is a package in ``extensions/`` or ``<data-dir>/extensions`` whose ``api`` module defines
functions decorated with ``api_hook``; the built-in extensions use nothing else. Every hook may be left out.
The module must not import torch. Hooks that the start doesn't need stand in a module ``dialect`` instead:
``routers``, ``running``, ``components`` and ``webhook_body``.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import pluggy
from fastapi import APIRouter

from pipelines.extending.extension_hooks import FAILURES, answers_of_each, items_of_each, join
from pipelines.extending.extension_packages import (
    API,
    DIALECT,
    has_module,
    load_extension,
    load_tables,
    with_built_in,
)
from pipelines.sampling.sampler_table import load_samplers

if TYPE_CHECKING:
    from pydantic import BaseModel

    from pipelines.contract.requests import GenerationRequest, ScriptCall
    from pipelines.jobs.view import JobView
    from pipelines.scripting.axis import Axis
    from pipelines.scripting.script_file import Script
    from sdapi.core.state import State
    from sdapi.options.table import Option

log = logging.getLogger(__name__)
PROJECT = "sdapi-api"
F = TypeVar("F", bound=Callable[..., Any])

Lifetime: TypeAlias = AbstractAsyncContextManager[None]

_spec = pluggy.HookspecMarker(PROJECT)
_impl = pluggy.HookimplMarker(PROJECT)


def api_hook(function: F) -> F:
    """Mark a function of an extension's ``api`` module as a hook."""
    return _impl(function)


class ApiSpec:
    """The hooks and what they answer."""

    @_spec
    def routers(self) -> Sequence[APIRouter]:  # pyright: ignore[reportReturnType]
        """Routes to serve; ``sdapi.core.state.StateOf`` gives their functions the application's state."""

    @_spec
    def scripts(self) -> Sequence[Script]:  # pyright: ignore[reportReturnType]
        """Scripts to list and to accept in ``alwayson_scripts``; the engine's hooks do their work."""

    @_spec
    def axes(self) -> Sequence[Axis]:  # pyright: ignore[reportReturnType]
        """Axes to add to the X/Y/Z plot; the engine's hook answers the same."""

    @_spec
    def options(self) -> Sequence[Option]:  # pyright: ignore[reportReturnType]
        """Options to list after A1111's own."""

    @_spec
    def infotext_fields(self, parameters: Mapping[str, Any]) -> Mapping[str, Any]:  # pyright: ignore[reportReturnType]
        """Fields that it reads from an infotext's parameters; png-info answers them with the parameters."""

    @_spec
    def pictures(self, title: str, args: Sequence[Any]) -> Sequence[Sequence[int | str]]:  # pyright: ignore[reportReturnType]
        """Paths of the pictures in the arguments of its script ``title``; the engine gets them as bytes."""

    @_spec
    def check_arguments(self, call: ScriptCall, request: GenerationRequest, state: State) -> None:
        """Check the arguments of its script in a request that is about to be queued, in a thread.

        Raises InvalidRequest naming ``always_on.TITLE.args…``.
        """

    @_spec
    def argument_schemas(self) -> Mapping[str, type[BaseModel]]:  # pyright: ignore[reportReturnType]
        """Models of an argument of its always-on scripts, by title; for the OpenAPI document only."""

    @_spec
    def webhook_body(self, view: JobView, state: State) -> Awaitable[Mapping[str, Any]] | None:
        """The webhook's body for a job of its own that has ended; None for jobs of others."""

    @_spec
    def components(self, state: State) -> Mapping[str, Any]:  # pyright: ignore[reportReturnType]
        """Schemas by name to add to those of routes in the OpenAPI document; called for each document."""

    @_spec
    def named(self, state: State) -> Mapping[str, Sequence[str]]:  # pyright: ignore[reportReturnType]
        """Names of its own that clients may send, by kind: weight files and methods that no catalog lists."""

    @_spec
    def running(self, state: State) -> Lifetime:  # pyright: ignore[reportReturnType]
        """A context from the server's start to before its stop, for tasks, files and sockets."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ApiPlugin:
    """A module of an extension, with its hooks."""

    name: str
    module: object

    @property
    def is_dialect(self) -> bool:
        """True if it is a module ``dialect``, loaded after the server's first answer."""
        return self.name.endswith(f".{DIALECT}")


class ApiHooks:
    """The application's side of the hooks, with the built-in extensions and those named."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(ApiSpec)
        self._unloaded: list[str] = []
        self._loading = Lock()
        for name in with_built_in(names):
            has_dialect = has_module(name, DIALECT)
            if has_dialect and load_tables(name, load_samplers):
                self._unloaded.append(name)
            if has_module(name, API) or not has_dialect:
                self._load(name, API, load_samplers)

    def _load(self, name: str, module: str, *tables: Callable[[str], None]) -> None:
        joined = partial(join, self._manager, name=f"{name}.{module}")
        load_extension(name, module, *tables, join=joined)

    def register(self, plugin: object) -> None:
        """Add an object whose methods are marked with ``api_hook``. Raises PluginValidationError."""
        join(self._manager, plugin)

    def load_dialects(self) -> None:
        """Import the modules ``dialect`` that aren't yet; from any thread. One that fails is left out."""
        with self._loading:
            while self._unloaded:
                self._load(self._unloaded.pop(0), DIALECT)

    def plugins(self) -> list[ApiPlugin]:
        """The modules that are loaded, in the order of their registration."""
        return [ApiPlugin(name=name, module=module) for name, module in self._manager.list_name_plugin()]

    def routers_of(self, plugin: ApiPlugin) -> list[APIRouter]:
        """The routers of one module."""
        return self._flat(self._alone("routers", plugin)())

    def running_of(self, plugin: ApiPlugin, state: State) -> Lifetime:
        """The context of one module ``dialect`` while its routes are served; ``running`` has the others'."""
        asked = self._alone("running", plugin) if plugin.is_dialect else None
        return _entered([] if asked is None else asked(state=state))

    def _alone(self, hook: str, plugin: ApiPlugin) -> Any:
        others = [one for one in self._manager.get_plugins() if one is not plugin.module]
        return self._manager.subset_hook_caller(hook, others)

    def scripts(self) -> list[Script]:
        """See ApiSpec; an extension that fails has none."""
        from pipelines.scripting.script_file import Script

        return items_of_each(self._manager, "scripts", Script)

    def axes(self) -> list[Axis]:
        """See ApiSpec; an extension that fails has none."""
        from pipelines.scripting.axis import Axis

        return items_of_each(self._manager, "axes", Axis)

    def options(self) -> list[Option]:
        """See ApiSpec; an extension that fails has none."""
        from sdapi.options.table import Option

        return items_of_each(self._manager, "options", Option)

    def infotext_fields(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """See ApiSpec; the first extension to name a field decides."""
        return _joined(answers_of_each(self._manager, "infotext_fields", parameters=parameters))

    def pictures(self, title: str, args: Sequence[Any]) -> list[Sequence[int | str]]:
        """See ApiSpec; the paths of all extensions."""
        return self._flat(self._manager.hook.pictures(title=title, args=args))

    def check_arguments(self, call: ScriptCall, request: GenerationRequest, state: State) -> None:
        """See ApiSpec; every extension checks."""
        self._manager.hook.check_arguments(call=call, request=request, state=state)

    def argument_schemas(self) -> dict[str, type[BaseModel]]:
        """See ApiSpec; the first extension to name a title decides."""
        return _joined(answers_of_each(self._manager, "argument_schemas"))

    def webhook_body(self, view: JobView, state: State) -> Awaitable[Mapping[str, Any]] | None:
        """See ApiSpec; the first extension to answer decides."""
        self.load_dialects()
        answers = answers_of_each(self._manager, "webhook_body", view=view, state=state)
        return next((answer for _, answer in answers), None)

    def components(self, state: State) -> dict[str, Any]:
        """See ApiSpec; the first extension to name a schema decides."""
        self.load_dialects()
        return _joined(answers_of_each(self._manager, "components", state=state))

    def named(self, state: State) -> dict[str, Sequence[str]]:
        """See ApiSpec; the first extension to name a kind decides."""
        return _joined(answers_of_each(self._manager, "named", state=state))

    @asynccontextmanager
    async def running(self, state: State) -> AsyncGenerator[None]:
        """Run every extension while entered, except the modules ``dialect``; they stop in the reverse order.

        One that fails to begin is left out from then on.
        """
        dialects = {plugin.name for plugin in self.plugins() if plugin.is_dialect}
        async with AsyncExitStack() as stack:
            for name, context in answers_of_each(self._manager, "running", without=dialects, state=state):
                await self._enter(name, context, stack)
            yield

    async def _enter(self, name: str, context: Lifetime, stack: AsyncExitStack) -> None:
        try:
            await context.__aenter__()
        except FAILURES:
            log.exception("extension %s is left out", name)
            self._manager.unregister(name=name)
        else:
            stack.push_async_callback(_leave, name, context)

    @staticmethod
    def _flat(answers: Sequence[Sequence[Any]]) -> list[Any]:
        return [item for answer in answers[::-1] for item in answer]


def _joined(answers: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """Answers of extensions by name; the first extension to have a name decides."""
    found: dict[str, Any] = {}
    for _, answer in answers:
        found = {**answer, **found}
    return found


async def _leave(name: str, context: Lifetime) -> None:
    try:
        await context.__aexit__(None, None, None)
    except FAILURES:
        log.exception("extension %s did not end well", name)


@asynccontextmanager
async def _entered(contexts: Sequence[Lifetime]) -> AsyncGenerator[None]:
    async with AsyncExitStack() as stack:
        for context in contexts[::-1]:
            await stack.enter_async_context(context)
        yield
