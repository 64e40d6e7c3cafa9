"""User data, settings and presets, as far as clients read them."""

from __future__ import annotations

from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter

from extensions.swarmui.routes.answers import Success
from extensions.swarmui.routes.bodies import NewPreset, PresetName, SettingChanges, SwarmBody
from extensions.swarmui.sessions.permissions import permissions_of
from extensions.swarmui.sessions.session import SessionOf, SwarmSession
from extensions.swarmui.store.presets import PresetShelf
from extensions.swarmui.store.settings import SETTINGS, UserSettings
from extensions.swarmui.words.errors import SWARM, SwarmFault
from pipelines.plugin import InvalidRequest
from sdapi.plugin import CONTROLS, READS, JsonResponse, JsonRoute, check_plain, speaks

router = APIRouter(prefix="/API", route_class=JsonRoute, dependencies=[speaks(SWARM)])

LONGEST_TITLE = 200
MOST_PREVIEW = 4 << 20
"""Characters of a preset's picture."""


def presets_of(session: SwarmSession) -> PresetShelf:
    """The presets of the caller."""
    return PresetShelf(kept=session.server.kept, owner=session.user)


@router.post("/GetMyUserData", response_model=dict[str, Any], dependencies=[READS])
async def get_my_user_data(body: SwarmBody, session: SessionOf) -> JsonResponse:
    """Describe the caller: its name, presets and permissions."""
    presets = await run_sync(presets_of(session).every)
    return JsonResponse(
        {
            "user_name": session.user,
            "presets": presets,
            "language": "en",
            "permissions": permissions_of(session.state.caller.role),
            "starred_models": {},
            "model_preset_links": {},
            "autocompletions": None,
        }
    )


@router.post("/GetUserSettings", response_model=dict[str, Any], dependencies=[READS])
async def get_user_settings(body: SwarmBody, session: SessionOf) -> JsonResponse:
    """List every setting, sections nested."""
    values = await run_sync(UserSettings(session.server.kept, session.user).values)
    return JsonResponse({"themes": {}, "settings": nested(values)})


def nested(values: dict[str, Any]) -> dict[str, Any]:
    """Return the settings as the tree that interfaces show."""
    tree: dict[str, Any] = {}
    for setting in SETTINGS:
        *sections, name = setting.name.split(".")
        here = tree
        for section in sections:
            group = {"type": "group", "name": section, "description": "", "value": {}}
            here = here.setdefault(section.lower(), group)["value"]
        here[name.lower()] = {
            "type": "dropdown" if setting.values else kind_of(setting.default),
            "name": name,
            "value": values[setting.id],
            "description": setting.about,
            "values": list(setting.values) or None,
            "value_names": None,
            "is_secret": False,
        }
    return tree


def kind_of(value: bool | int | str) -> str:
    """The type of a setting in SwarmUI's words."""
    if isinstance(value, bool):
        return "boolean"
    return "integer" if isinstance(value, int) else "text"


@router.post("/ChangeUserSettings", response_model=Success | SwarmFault, dependencies=[CONTROLS])
async def change_user_settings(body: SettingChanges, session: SessionOf) -> JsonResponse:
    """Change settings; unknown ones and bad values get a warning."""
    change = UserSettings(session.server.kept, session.user).change
    ignored = await run_sync(change, body.settings or {})
    return JsonResponse({"success": True, **({"warnings": list(ignored)} if ignored else {})})


@router.post("/AddNewPreset", response_model=dict[str, Any], dependencies=[CONTROLS])
async def add_new_preset(body: NewPreset, session: SessionOf) -> JsonResponse:
    """Keep a set of parameters, or change one."""
    why = await run_sync(_added, body, presets_of(session))
    return JsonResponse({"preset_fail": why} if why else {"success": True})


def _added(body: NewPreset, presets: PresetShelf) -> str | None:
    """Keep a preset; return the reason where that can't be done, else None."""
    title = body.title.strip()
    if not title or len(title) > LONGEST_TITLE:
        return "A preset needs a title, of at most 200 characters."
    if len(body.preview_image or "") > MOST_PREVIEW:
        return "The picture of a preset is too large."
    old = body.editing or title
    if presets.has(title) and not (body.is_edit and old.strip().lower() == title.lower()):
        return "A preset with that title already exists."
    raw = body.raw or {}
    params: Any = body.param_map or raw.get("param_map") or {}
    if not isinstance(params, dict):
        return "The parameters of a preset are an object."
    check_plain(params)
    if body.is_edit and old.strip().lower() != title.lower():
        presets.drop(old)
    presets.put(title, body.description or "", params, body.preview_image)  # pyright: ignore[reportUnknownArgumentType]
    return None


@router.post("/DuplicatePreset", response_model=dict[str, Any], dependencies=[CONTROLS])
async def duplicate_preset(body: PresetName, session: SessionOf) -> JsonResponse:
    """Keep a preset again under another title."""
    copy = await run_sync(presets_of(session).copy, body.preset)
    return JsonResponse({"preset_fail": "No such preset."} if copy is None else {"success": True})


@router.post("/DeletePreset", response_model=Success | SwarmFault, dependencies=[CONTROLS])
async def delete_preset(body: PresetName, session: SessionOf) -> JsonResponse:
    """Delete the preset of a title."""
    if not await run_sync(presets_of(session).drop, body.preset):
        raise InvalidRequest("No such preset.")
    return JsonResponse({"success": True})


@router.post("/GetLanguage", response_model=dict[str, Any], dependencies=[READS])
async def get_language(body: SwarmBody, session: SessionOf) -> JsonResponse:
    """Return an English pack without entries: there are no texts to translate."""
    return JsonResponse({"language": {"code": "en", "name": "English", "local_name": "English", "keys": {}}})


@router.post("/ServerDebugMessage", response_model=Success | SwarmFault, dependencies=[READS])
async def server_debug_message(body: SwarmBody, session: SessionOf) -> JsonResponse:
    """Take a message and write it nowhere: clients don't write into the log."""
    return JsonResponse({"success": True, "warnings": ["message: it is not written into the log"]})
