"""From a body to a request that can be carried out."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from anyio.to_thread import run_sync

from extensions.swarmui.models.choices import Choices, read_choices
from extensions.swarmui.parameters.request import SwarmRequest, count_of, flat, read_request
from extensions.swarmui.runs.made import Making
from extensions.swarmui.runs.own_pictures import with_own_pictures
from extensions.swarmui.runs.prompting import world_of
from extensions.swarmui.runs.run import Audience, SwarmRun
from extensions.swarmui.sessions.session import SwarmSession
from extensions.swarmui.store.presets import PresetShelf
from extensions.swarmui.store.settings import UserSettings
from pipelines.plugin import InvalidRequest


async def begin(
    body: Mapping[str, Any], session: SwarmSession, audience: Audience, *, offset: int = 0
) -> SwarmRun:
    """Read a body; nothing is queued yet. Raises InvalidRequest for a bad parameter."""
    given = flat(body)
    count_of(given)
    choices, request, making = await run_sync(read, given, session)
    presets = PresetShelf(kept=session.server.kept, owner=session.user)
    world = await run_sync(world_of, session.state, choices, presets.parameters)
    _check_count(request, session)
    run = SwarmRun(
        session=session,
        request=request,
        choices=choices,
        world=world,
        making=making,
        audience=audience,
        offset=offset,
        id=making.request_id,
    )
    run.warnings.extend(request.warnings)
    return run


def read(given: Mapping[str, Any], session: SwarmSession) -> tuple[Choices, SwarmRequest, Making]:
    """Read the parameters, and the settings by which pictures are kept; call it in a thread."""
    presets = PresetShelf(kept=session.server.kept, owner=session.user)
    choices = read_choices(session.state)
    request = with_own_pictures(read_request(given, choices, presets.parameters), session.folder)
    making = Making(
        root=session.folder,
        user=session.user,
        request=request,
        settings=UserSettings(session.server.kept, session.user).values(),
        request_id=secrets.token_hex(8),
    )
    return choices, request, making


def _check_count(request: SwarmRequest, session: SwarmSession) -> None:
    """Refuse more pictures than the server makes for one request. Raises InvalidRequest."""
    most, images = session.state.config.limits.batch_count, request.get("images", 1)
    if images > most:
        text = f"'{images}' must be between 1 and {most} (see --max-n-iter)"
        raise InvalidRequest(f"Invalid value for parameter Images: {text}")
