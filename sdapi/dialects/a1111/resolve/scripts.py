"""Script titles and their positional arguments, checked against the scripts that exist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipelines.contract.requests import ScriptCall
from pipelines.scripting.script_file import Names, Script, Scripts
from sdapi.dialects.a1111.schemas.generation import Generation
from sdapi.http.errors import ApiError

SENT_UNASKED = frozenset({"controlnet", "adetailer", "animatediff"})
"""Extensions that client libraries switch off in every request, whether a server has them or not."""

MIXED = "Cannot have a selectable script in the always on scripts params"


def fill_arguments(
    script: Script, given: Sequence[Any], *, is_img2img: bool, names: Names
) -> tuple[Any, ...]:
    """The given arguments, defaults for missing ones; surplus ones are dropped if the script lists any."""
    defaults = [arg.value for arg in script.arguments(is_img2img, names)]
    if not defaults:
        return tuple(given)
    return (*given[: len(defaults)], *defaults[len(given) :])


def resolve_script(
    body: Generation, scripts: Scripts, names: Names, *, is_img2img: bool
) -> ScriptCall | None:
    """The selectable script of a request. Raises A1111's 422 for an unknown title."""
    if not body.script_name:
        return None
    script = scripts.find(body.script_name, is_img2img=is_img2img)
    if script is None or script.always_on:
        raise ApiError(422, f"Script '{body.script_name}' not found", field="script_name")
    if script.run is None:
        raise ApiError(422, f"Script '{body.script_name}' can't be run here", field="script_name")
    args = fill_arguments(script, body.script_args, is_img2img=is_img2img, names=names)
    return ScriptCall(name=script.title, args=args)


def resolve_always_on(
    body: Generation, scripts: Scripts, names: Names, *, is_img2img: bool
) -> tuple[ScriptCall, ...]:
    """The always-on scripts that a request gives arguments to."""
    calls = (
        _always_on(title, value, scripts, names, is_img2img=is_img2img)
        for title, value in body.alwayson_scripts.items()
    )
    return tuple(call for call in calls if call is not None)


def surplus_arguments(
    body: Generation, scripts: Scripts, names: Names, *, is_img2img: bool
) -> tuple[str, ...]:
    """Warnings about arguments that scripts don't have."""
    given = {title: ("alwayson_scripts", value) for title, value in body.alwayson_scripts.items()}
    if body.script_name:
        given[body.script_name] = ("script_args", {"args": body.script_args})
    warnings: list[str] = []
    for title, (field, value) in given.items():
        script = scripts.find(title, is_img2img=is_img2img)
        args = _args(value, field) or []
        known = 0 if script is None else len(script.arguments(is_img2img, names))
        if known and len(args) > known:
            surplus = f"{len(args) - known} of {len(args)} arguments of script {title!a} had no effect"
            warnings.append(f"{field}: {surplus}: it takes {known}")
    return tuple(warnings)


def _always_on(
    title: str, value: Any, scripts: Scripts, names: Names, *, is_img2img: bool
) -> ScriptCall | None:
    field = f"alwayson_scripts.{title}"
    script = scripts.find(title, is_img2img=is_img2img)
    if script is None:
        if title.lower() in SENT_UNASKED and _is_off(_args(value, field)):
            return None
        raise ApiError(422, f"Script '{title}' not found", field=field)
    if not script.always_on:
        raise ApiError(422, MIXED, field=field)
    args = _args(value, field)
    if args is None:
        return None
    filled = fill_arguments(script, args, is_img2img=is_img2img, names=names)
    return ScriptCall(name=script.title, args=filled)


def _args(value: Any, field: str) -> list[Any] | None:
    if not isinstance(value, Mapping):
        raise ApiError(422, "value is not a valid dict", field=field)
    args: Any = value.get("args")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if args is None:
        return None
    if not isinstance(args, list):
        raise ApiError(422, "value is not a valid list", field=f"{field}.args")
    return args  # pyright: ignore[reportUnknownVariableType]


def _is_off(args: list[Any] | None) -> bool:
    return not args or args[0] is False


def listed(scripts: Scripts, *, is_img2img: bool) -> Iterable[Script]:
    """Scripts that the listings show for a kind of request."""
    return (s for s in scripts.items if s.listed and s.supports(is_img2img))
