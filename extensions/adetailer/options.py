"""Options of the script, by the original's keys, and one of the project's own."""

from __future__ import annotations

from collections.abc import Mapping

DEFAULTS: Mapping[str, str | bool] = {
    "ad_extra_models_dir": "",
    "ad_bbox_sortby": "None",
    "ad_same_seed_for_each_tab": False,
    "adetailer_lenient": False,
}
"""``adetailer_lenient``: go on without a unit that can't run, with a warning, as the original does."""
