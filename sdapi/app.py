"""Put the application together: routes, middleware, errors."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import cache, partial
from typing import TYPE_CHECKING, TypeAlias

from fastapi import APIRouter, Depends, FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from pipelines.extending.extension_packages import PACKAGE, add_extensions
from sdapi.core.config import ApiConfig
from sdapi.core.hooks import ApiHooks
from sdapi.core.late_routes import LatePart, LateRoutes, LateStage, RoutesFirst, extension_stage
from sdapi.core.services import Backend
from sdapi.core.state import State
from sdapi.dialects.a1111.field_names import A1111
from sdapi.dialects.a1111.router_list import first_routers, later_routers
from sdapi.http.access.auth import BasicAuth
from sdapi.http.access.keys import KeyAuth, read_keys
from sdapi.http.access.same_site import SameSite
from sdapi.http.access.tickets import TicketAuth, Tickets
from sdapi.http.answer_headers import AnswerHeaders
from sdapi.http.declared import Door
from sdapi.http.errors import UnhandledErrors, install_handlers, methods_by_path
from sdapi.http.middleware import BodyLimit, PlainPaths, TimingMiddleware, print_line
from sdapi.jobs.preferences import JobPreferences, take_preferences
from sdapi.jobs.webhooks import WebhookSender
from sdapi.openapi.document import install_document
from sdapi.operations.metrics import Metrics
from sdapi.options.store import OptionStore

if TYPE_CHECKING:
    from pipelines.scripting.script_file import Scripts

EXPOSED = ("X-Job-Id", "Location", "Retry-After", "X-Ignored-Options")
"""Headers of ours that pages of allowed origins may read."""
GZIP_FROM = 1000
"""Bytes from which answers are compressed."""

EVERYWHERE = (Depends(take_preferences),)
"""Dependencies of every route."""

Lifespan: TypeAlias = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(
    config: ApiConfig,
    services: Backend,
    *,
    store: OptionStore | None = None,
    hooks: ApiHooks | None = None,
    lifespan: Lifespan | None = None,
) -> FastAPI:
    """Put the ASGI application together.

    ``store`` None reads the settings file of ``config``; ``hooks`` None loads its extensions.
    """
    app = FastAPI(
        title="FastAPI",
        version="0.1.0",
        strict_content_type=False,
        redirect_slashes=False,
        dependencies=EVERYWHERE,
        docs_url=None,
        redoc_url=None,
        lifespan=partial(_lifespan, lifespan),
    )
    app.root_path = config.subpath
    add_extensions(config.data / PACKAGE)
    hooks = hooks or ApiHooks(config.extensions)
    state = app.state.sdapi = _state(config, services, store, hooks)
    install_document(app, state)
    install_handlers(app)
    app.state.tickets = Tickets()
    app.state.metrics = Metrics(services.jobs)
    own_body = partial(hooks.webhook_body, state=state)
    app.state.webhooks = WebhookSender(config.webhooks, A1111.fields, own_body)
    services.jobs.events.subscribe(app.state.webhooks.listen)
    app.state.routers = ()
    _serve(app, first_routers())
    app.state.late = LateRoutes(_stages(state), partial(_serve, app))
    _add_middleware(app, config)
    return app


def _serve(app: FastAPI, added: Sequence[APIRouter]) -> None:
    """Serve more routes; the first that has a path takes it. Raises where a router can't be served."""
    served: list[APIRouter] = []
    try:
        for router in added:
            app.router.routes.extend(_shared(router).routes)
            served.append(router)
    finally:
        routers: tuple[APIRouter, ...] = (*app.state.routers, *served)
        app.state.routers = routers
        app.state.door = Door(routers, A1111)
        app.state.methods = methods_by_path(route for router in routers for route in router.routes)


_SHARED: dict[int, tuple[APIRouter, APIRouter]] = {}


def _shared(router: APIRouter) -> APIRouter:
    """A router as every application of the process serves it: its routes are put together once."""
    known = _SHARED.get(id(router))
    if known is None:
        shared = APIRouter(dependencies=EVERYWHERE, strict_content_type=False)
        shared.include_router(router)
        known = _SHARED[id(router)] = router, shared
    return known[1]


def _state(config: ApiConfig, services: Backend, store: OptionStore | None, hooks: ApiHooks) -> State:
    """The state that routes reach, with options read."""
    started = time.perf_counter()
    if store is None:
        own, places = hooks.options(), config.places
        store = OptionStore(config.settings_file, freeze=config.freeze, extra=own, places=places)
    return State(
        config=config,
        services=services,
        store=store,
        find_scripts=_script_finder(config, hooks),
        hooks=hooks,
        startup={"options": time.perf_counter() - started},
    )


def _script_finder(config: ApiConfig, hooks: ApiHooks) -> Callable[[], Scripts]:
    @cache
    def find() -> Scripts:
        from pipelines.scripting.script_file import discover
        from sdapi.dialects.a1111.listed_scripts import LISTED_SCRIPTS

        return discover(*config.scripts).joined((*LISTED_SCRIPTS, *hooks.scripts()))

    return find


@asynccontextmanager
async def _lifespan(given: Lifespan | None, app: FastAPI) -> AsyncGenerator[None]:
    """The server's own lifetime, and within it that of the extensions."""
    state: State = app.state.sdapi
    async with AsyncExitStack() as stack:
        if given is not None:
            await stack.enter_async_context(given(app))
        await stack.enter_async_context(state.hooks.running(state))
        await stack.enter_async_context(app.state.late.running(state))
        yield


def _stages(state: State) -> list[LateStage]:
    def own() -> list[LatePart]:
        return [
            LatePart(name="the server", routers=partial(later_routers, can_stop=state.config.server_stop))
        ]

    def extensions() -> Sequence[LatePart]:
        state.find_scripts()  # or the first request would wait for their files
        return extension_stage(state.hooks)

    return [own, extensions]


def _add_auth(app: FastAPI, config: ApiConfig) -> None:
    """Add API keys where there is a file of them, A1111's basic auth as fallback; tickets before both."""
    if config.keys is not None:
        fallback = partial(BasicAuth, users=config.users) if config.users else None
        app.add_middleware(KeyAuth, keys=read_keys(config.keys), fallback=fallback)
    elif config.users:
        app.add_middleware(BasicAuth, users=config.users)
    app.add_middleware(TicketAuth, tickets=app.state.tickets)


def _add_middleware(app: FastAPI, config: ApiConfig) -> None:
    """Add the middleware, the innermost first."""
    app.add_middleware(UnhandledErrors)
    app.add_middleware(JobPreferences, end_with_connection=config.end_with_connection)
    app.add_middleware(BodyLimit, limits=config.limits)
    _add_auth(app, config)
    app.add_middleware(PlainPaths)
    app.add_middleware(GZipMiddleware, minimum_size=GZIP_FROM, compresslevel=1)
    app.add_middleware(SameSite, hosts=config.hosts, cors=config.cors)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(config.cors.origins),
        allow_origin_regex=config.cors.regex,
        allow_methods=["*"],
        allow_headers=["*"],
        allow_credentials=True,
        expose_headers=EXPOSED,
    )
    app.add_middleware(AnswerHeaders, shared=bool(config.cors.origins or config.cors.regex))
    app.add_middleware(RoutesFirst, late=app.state.late)
    app.add_middleware(TimingMiddleware, log=print_line if config.log_requests else None)
