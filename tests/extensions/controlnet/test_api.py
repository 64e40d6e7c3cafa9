"""ControlNet's part of the HTTP side: options in the original's order, and pictures of its own script."""

from __future__ import annotations

from extensions.controlnet.api import (
    LISTED,
    argument_schemas,
    axes,
    infotext_fields,
    options,
    pictures,
    scripts,
)
from extensions.controlnet.routes.unit_schema import ControlNetUnit


def test_options_are_listed_in_the_originals_order_and_ours_last() -> None:
    rows = options()
    assert [row.key for row in rows] == list(LISTED)
    assert (rows[0].key, rows[-1].key) == ("control_net_detectedmap_dir", "controlnet_lenient")
    assert {row.section for row in rows} == {"control_net"}


def test_options_that_nothing_goes_by_say_so() -> None:
    read = {row.key for row in options() if row.read}
    assert "control_net_unit_count" in read and "control_net_models_path" in read
    assert "controlnet_photopea_warning" not in read
    assert {row.key for row in options()} - read == {
        key for key, value in LISTED.items() if value is not None and key != "control_net_unit_count"
    }


def test_pictures_are_looked_for_in_its_own_script_only() -> None:
    assert [*pictures("controlnet", [{"image": "AA"}])] == [(0, "image")]
    assert [*pictures("ADetailer", [{"image": "AA"}])] == []


def test_clients_notice_it_by_the_name_of_a_second_script() -> None:
    assert [script.title for script in scripts()] == ["ControlNet", "ControlNet m2m"]
    assert argument_schemas() == {"controlnet": ControlNetUnit}
    assert all(axis.label.startswith("[ControlNet] ") for axis in axes())


def test_units_of_infotexts_are_fields() -> None:
    assert infotext_fields({"ControlNet 0": "Module: canny", "Steps": "1"}) == {
        "ControlNet 0 module": "canny"
    }
