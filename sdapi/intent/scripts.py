"""Script titles and their positional arguments, checked against the scripts that exist."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.contract.requests import ScriptCall
from pipelines.scripting.script_arguments import coerce_arguments
from pipelines.scripting.script_file import Names, Script, Scripts
from sdapi.http.errors import ApiError
from sdapi.http.lax import is_encodable
from sdapi.intent.intent import Intent, ScriptIntent

MIXED = "Cannot have a selectable script in the always on scripts params"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedScripts:
    """The scripts of a request, and warnings about what was left out."""

    script: ScriptCall | None = None
    always_on: tuple[ScriptCall, ...] = ()
    warnings: tuple[str, ...] = ()


def resolve_scripts(intent: Intent, scripts: Scripts, names: Names) -> ResolvedScripts:
    """The selectable script and the always-on ones. Raises A1111's 422 for unknown titles."""
    reading = _Reading(scripts=scripts, names=names, is_img2img=intent.start is not None)
    reading.copied = any(reading.knows(wanted.name) for wanted in intent.always_on)
    script = reading.selectable(intent.script)
    always_on = [call for wanted in intent.always_on if (call := reading.always_on(wanted)) is not None]
    return ResolvedScripts(script=script, always_on=tuple(always_on), warnings=tuple(reading.warnings))


@dataclass(slots=True, kw_only=True)
class _Reading:
    """The state of reading one request's scripts: the scripts that exist, and the warnings so far."""

    scripts: Scripts
    names: Names
    is_img2img: bool
    copied: bool = False
    """True if the request names always-on scripts of ours, as front ends do that name all they have."""
    warnings: list[str] = field(default_factory=list[str])

    def knows(self, title: str) -> bool:
        """True if there is an always-on script of that title."""
        script = self.scripts.find(title, is_img2img=self.is_img2img)
        return script is not None and script.always_on

    def selectable(self, wanted: ScriptIntent | None) -> ScriptCall | None:
        """The call of the selectable script; None without one. Raises ApiError for a title that can't run."""
        if wanted is None:
            return None
        script = self.scripts.find(wanted.name, is_img2img=self.is_img2img)
        if script is None or script.always_on:
            raise ApiError(422, f"Script '{wanted.name}' not found", field="script.name")
        if script.run is None:
            raise ApiError(422, f"Script '{wanted.name}' can't be run here", field="script.name")
        return self._call(script, wanted.args or (), "script.args")

    def always_on(self, wanted: ScriptIntent) -> ScriptCall | None:
        """The call of one entry's script; None if the script is left idle. Raises ApiError."""
        place, args = f"always_on.{wanted.name}", wanted.args
        script = self.scripts.find(wanted.name, is_img2img=self.is_img2img)
        if script is None:
            self.warnings += _absent(wanted.name, args, place, copied=self.copied)
            return None
        if not script.always_on:
            raise ApiError(422, MIXED, field=place)
        return None if args is None else self._call(script, args, f"{place}.args")

    def _call(self, script: Script, given: Sequence[Any], place: str) -> ScriptCall:
        """A call with its arguments in their types; scripts without declared arguments get all as sent."""
        declared = script.arguments(self.is_img2img, self.names)
        if not declared or script.any_number:
            return ScriptCall(name=script.title, args=tuple(given))
        if surplus := max(0, len(given) - len(declared)):
            text = f"{script.title} takes {len(declared)} arguments; {surplus} more are ignored"
            self.warnings.append(f"{place}: {text}")
        return ScriptCall(name=script.title, args=coerce_arguments(declared, given, field=place))


def _absent(title: str, args: tuple[Any, ...] | None, place: str, *, copied: bool) -> tuple[str, ...]:
    """Pass over an idle script that isn't here, in a body copied from a front end.

    Raises ApiError if its arguments set anything, and in other bodies, where the title may be a slip.
    """
    asked = any(argument not in (None, False, "", "None") and argument != [] for argument in args or ())
    if asked or not copied or not is_encodable(title):
        raise ApiError(422, f"Script '{title}' not found", field=place)
    return (f"{place}: there is no script {title!a} here; nothing was asked of it",)


def listed(scripts: Scripts, *, is_img2img: bool) -> Iterable[Script]:
    """Scripts that the listings show for a kind of request."""
    return (s for s in scripts.items if s.listed and s.supports(is_img2img))
