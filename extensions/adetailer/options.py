"""Options of the script, by the original's keys, and one of the project's own."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.plugin import ExtensionOptions, placed


@dataclass(frozen=True, slots=True, kw_only=True)
class ADetailerOptions(ExtensionOptions):
    """``adetailer_lenient``: go on without a unit that can't run, with a warning, as the original does."""

    ad_extra_models_dir: str = placed("", "readable_list")
    ad_bbox_sortby: str = "None"
    ad_same_seed_for_each_tab: bool = False
    adetailer_lenient: bool = False
