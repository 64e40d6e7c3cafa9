"""Arguments of the script "Extra options": one value for each option that a generation shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.scripting.script_file import Scripts
from sdapi.intent.intent import ScriptIntent
from sdapi.options.store import OptionStore

TITLE = "Extra options"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraOptions:
    """Options that the arguments set for one request, below its ``override_settings``."""

    overrides: Mapping[str, Any] = field(default_factory=dict[str, Any])
    warnings: tuple[str, ...] = ()


def extra_options(
    wanted: Iterable[ScriptIntent], scripts: Scripts, store: OptionStore, *, is_img2img: bool
) -> ExtraOptions:
    """The arguments by the options that ``extra_options_txt2img`` or ``_img2img`` names; null sets none."""
    args = next((one.args for one in wanted if one.args and _is_ours(one.name, scripts, is_img2img)), ())
    names: list[Any] = store.get("extra_options_img2img" if is_img2img else "extra_options_txt2img") or []
    found = {str(name): value for name, value in zip(names, args, strict=False) if value is not None}
    surplus = len(args) - len(names)
    text = f"alwayson_scripts.{TITLE}.args: {surplus} values are ignored: so many options aren't configured"
    return ExtraOptions(overrides=found, warnings=(text,) if surplus > 0 else ())


def _is_ours(title: str, scripts: Scripts, is_img2img: bool) -> bool:
    script = scripts.find(title, is_img2img=is_img2img)
    return script is not None and script.title == TITLE
