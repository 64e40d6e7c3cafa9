"""Script titles and their positional arguments, checked against the scripts that exist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.contract.requests import ScriptCall
from pipelines.scripting.script_arguments import coerce_arguments
from pipelines.scripting.script_file import Names, Script, Scripts
from sdapi.dialects.a1111.schemas.generation import Generation, StableDiffusionProcessingImg2Img
from sdapi.http.errors import ApiError
from sdapi.http.lax import is_encodable

SENT_UNASKED = frozenset({"controlnet", "adetailer", "animatediff"})
"""Extensions that client libraries switch off in every request, whether a server has them or not."""

MIXED = "Cannot have a selectable script in the always on scripts params"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedScripts:
    """The scripts of a request, and what a client is told of what was left out."""

    script: ScriptCall | None = None
    always_on: tuple[ScriptCall, ...] = ()
    warnings: tuple[str, ...] = ()


def resolve_scripts(body: Generation, scripts: Scripts, names: Names) -> ResolvedScripts:
    """The selectable script and the always-on ones. Raises A1111's 422 for unknown titles."""
    is_img2img = isinstance(body, StableDiffusionProcessingImg2Img)
    reading = _Reading(scripts=scripts, names=names, is_img2img=is_img2img)
    reading.copied = any(map(reading.knows, body.alwayson_scripts))
    script = reading.selectable(body)
    always_on = [
        call
        for title, value in body.alwayson_scripts.items()
        if (call := reading.always_on(title, value)) is not None
    ]
    return ResolvedScripts(script=script, always_on=tuple(always_on), warnings=tuple(reading.warnings))


@dataclass(slots=True, kw_only=True)
class _Reading:
    """Scripts while they are read."""

    scripts: Scripts
    names: Names
    is_img2img: bool
    copied: bool = False
    """Whether the body names scripts that are here too, as one that a front end wrote for all that it has."""
    warnings: list[str] = field(default_factory=list[str])

    def knows(self, title: str) -> bool:
        """Whether there is an always-on script of that title."""
        script = self.scripts.find(title, is_img2img=self.is_img2img)
        return script is not None and script.always_on

    def selectable(self, body: Generation) -> ScriptCall | None:
        """The script that ``script_name`` names."""
        if not body.script_name:
            return None
        script = self.scripts.find(body.script_name, is_img2img=self.is_img2img)
        if script is None or script.always_on:
            raise ApiError(422, f"Script '{body.script_name}' not found", field="script_name")
        if script.run is None:
            raise ApiError(422, f"Script '{body.script_name}' can't be run here", field="script_name")
        return self._call(script, body.script_args, "script_args")

    def always_on(self, title: str, value: Any) -> ScriptCall | None:
        """The script of one entry; None if nothing is asked of it."""
        place = f"alwayson_scripts.{title}"
        script = self.scripts.find(title, is_img2img=self.is_img2img)
        args = _args(value, place)
        if script is None:
            self.warnings += _absent(title, args, place, copied=self.copied)
            return None
        if not script.always_on:
            raise ApiError(422, MIXED, field=place)
        return None if args is None else self._call(script, args, f"{place}.args")

    def _call(self, script: Script, given: Sequence[Any], place: str) -> ScriptCall:
        """A call with its arguments in their types; scripts that declare none get all as given."""
        declared = script.arguments(self.is_img2img, self.names)
        if not declared:
            return ScriptCall(name=script.title, args=tuple(given))
        if surplus := max(0, len(given) - len(declared)):
            text = f"{script.title} takes {len(declared)} arguments; {surplus} more are ignored"
            self.warnings.append(f"{place}: {text}")
        return ScriptCall(name=script.title, args=coerce_arguments(declared, given, field=place))


def _absent(title: str, args: list[Any] | None, place: str, *, copied: bool) -> tuple[str, ...]:
    """Pass over a script that isn't here and of which nothing is asked, in a body copied from a front end.

    Raises ApiError if something is asked, and in other bodies, where the title may be a slip.
    """
    if title.lower() in SENT_UNASKED and _is_off(args):
        return ()
    asked = any(argument not in (None, False, "", "None") and argument != [] for argument in args or ())
    if asked or not copied or not is_encodable(title):
        raise ApiError(422, f"Script '{title}' not found", field=place)
    return (f"{place}: there is no script {title!a} here; nothing was asked of it",)


def _args(value: Any, place: str) -> list[Any] | None:
    if not isinstance(value, Mapping):
        raise ApiError(422, "value is not a valid dict", field=place)
    args: Any = value.get("args")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if args is None or args == {}:
        return None
    if not isinstance(args, list):
        raise ApiError(422, "value is not a valid list", field=f"{place}.args")
    return args  # pyright: ignore[reportUnknownVariableType]


def _is_off(args: list[Any] | None) -> bool:
    return not args or args[0] is False


def listed(scripts: Scripts, *, is_img2img: bool) -> Iterable[Script]:
    """Scripts that the listings show for a kind of request."""
    return (s for s in scripts.items if s.listed and s.supports(is_img2img))
