"""The table of options: keys in A1111's order with default, section and infotext label."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

from pipelines.contract.option_ranges import UNBOUNDED
from pipelines.contract.options import ExtensionOptions, PlaceKind, ranges_of

OptionKind: TypeAlias = Literal["string", "boolean", "array", "float", "any"]

EXPLANATIONS = frozenset(
    {
        "profiling_explanation",
        "sd_vae_explanation",
        "infotext_explanation",
        "settings_in_ui",
        "hypertile_explanation",
    }
)
"""Keys that hold a text for a settings page; they are listed, and never changed."""

API_KEYS = frozenset({"api_enable_requests", "api_forbid_local_requests", "api_useragent"})
"""Keys that only the settings file can change."""

DIRECTORY_KEYS = frozenset(
    (
        "samples_filename_pattern directories_filename_pattern outdir_samples outdir_txt2img_samples "
        "outdir_img2img_samples outdir_extras_samples outdir_grids outdir_txt2img_grids "
        "outdir_img2img_grids outdir_save outdir_init_images temp_dir clean_temp_dir_at_start "
        "save_images_add_number save_images_replace_action grid_zip_filename_pattern "
        "directories_max_prompt_words"
    ).split()
)
"""Keys that ``--hide-ui-dir-config`` protects."""

OBSOLETE_KEYS = frozenset(
    (
        "do_not_add_watermark sd_vae_as_default enable_emphasis extra_networks_default_view quicksettings "
        "ui_reorder lora_apply_to_outputs use_scale_latent_for_hires_fix"
    ).split()
)
"""Keys of older versions that clients still send; they are accepted and have no effect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option. ``label`` is its name in infotexts, if it has one.

    ``whole``: numbers are truncated to integers. ``bounds``: lowest and highest number. ``place``: the kind
    of place that its text names. ``read``: false if nothing reads it; a request that sets it is warned.
    """

    key: str
    default: Any
    section: str
    label: str | None = None
    whole: bool = False
    bounds: tuple[float, float] = UNBOUNDED
    place: PlaceKind | None = None
    read: bool = True

    @property
    def kind(self) -> OptionKind:
        """The type that ``GET /sdapi/v1/options`` gives a stored value; every empty default is ``any``."""
        if not self.default:
            return "any"
        if isinstance(self.default, bool):
            return "boolean"
        if isinstance(self.default, str):
            return "string"
        return "array" if isinstance(self.default, list) else "float"


def option_rows(view: type[ExtensionOptions], *, section: str) -> tuple[Option, ...]:
    """A row for every field of an extension's options."""
    defaults, bounds = view(), ranges_of(view)
    return tuple(
        Option(
            key=f.name,
            default=_listed(getattr(defaults, f.name)),
            section=section,
            whole=f.type in (int, "int"),
            bounds=bounds[f.name],
            place=f.metadata.get("place"),
        )
        for f in fields(view)
    )


def _listed(default: object) -> object:
    return list(default) if isinstance(default, tuple) else default  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


TABLE_FILE = Path(__file__).with_name("table.json")


@cache
def load_table() -> Mapping[str, Option]:
    """Read the table that lies beside this file."""
    data = json.loads(TABLE_FILE.read_text(encoding="utf-8"))
    labels: dict[str, str] = data["infotext_labels"]
    return {
        key: Option(key=key, default=default, section=section["name"], label=labels.get(key))
        for section in data["sections"]
        for key, default in section["options"].items()
    }


def with_own(table: Mapping[str, Option], own: Iterable[Option]) -> dict[str, Option]:
    """A table with the rows of extensions; keys that it has already keep their place, default and label."""
    return {**table, **{option.key: _as_listed(option, table.get(option.key)) for option in own}}


def _as_listed(option: Option, known: Option | None) -> Option:
    if known is None:
        return option
    return replace(option, default=known.default, section=known.section, label=known.label)
