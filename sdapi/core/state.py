"""The state that every route reaches: settings, services, options and scripts of one application.

The reader of pictures is imported by the first request that brings one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, TypeAlias

from fastapi import Depends
from starlette.requests import HTTPConnection

from sdapi.core.config import ApiConfig
from sdapi.core.hooks import ApiHooks
from sdapi.core.own_jobs import OwnJobs
from sdapi.core.parts import ExtensionParts
from sdapi.core.services import Backend, Catalog, Jobs
from sdapi.http.caller import UNNAMED, Caller, caller_of
from sdapi.options.store import OptionStore

if TYPE_CHECKING:
    from pipelines.scripting.script_file import Scripts
    from sdapi.http.fetch import FetchPolicy
    from sdapi.http.pictures import PictureReader


def no_scripts() -> Scripts:
    """An empty set of scripts, for applications that are given none."""
    from pipelines.scripting.script_file import Scripts

    return Scripts()


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One application's parts, as one caller may reach them."""

    config: ApiConfig
    services: Backend
    store: OptionStore
    find_scripts: Callable[[], Scripts] = no_scripts
    """Reads their files, the first time."""
    hooks: ApiHooks = field(default_factory=ApiHooks)
    startup: Mapping[str, float] = field(default_factory=dict[str, float])
    """Seconds that parts of the start took."""
    caller: Caller = UNNAMED
    parts: ExtensionParts = field(default_factory=ExtensionParts)
    """Objects that extensions keep for the application, the same for every caller."""

    @property
    def scripts(self) -> Scripts:
        """The scripts that requests may run by name."""
        return self.find_scripts()

    @property
    def jobs(self) -> Jobs:
        """The queue; for a key that isn't an admin's, the key's own part of it."""
        if self.caller.sees_all:
            return self.services.jobs
        return OwnJobs(self.services.jobs, self.caller.client)

    @property
    def catalog(self) -> Catalog:
        """The catalog of weight files."""
        return self.services.catalog

    @property
    def images(self) -> PictureReader:
        """A reader of requests' pictures, under the options that hold now."""
        from sdapi.http.pictures import PictureReader

        return PictureReader(policy=self._fetch_policy, max_pixels=self.config.limits.image_pixels)

    def _fetch_policy(self) -> FetchPolicy:
        from sdapi.http.fetch import FetchPolicy

        return FetchPolicy(
            enabled=bool(self.store.get("api_enable_requests")),
            public_only=bool(self.store.get("api_forbid_local_requests")),
            user_agent=str(self.store.get("api_useragent") or ""),
        )


def get_state(connection: HTTPConnection) -> State:
    """The application's state, for the caller of this request or WebSocket."""
    state: State = connection.app.state.sdapi
    caller = caller_of(connection.scope)
    return state if caller is UNNAMED else replace(state, caller=caller)


StateOf: TypeAlias = Annotated[State, Depends(get_state)]
