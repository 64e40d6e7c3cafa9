"""Scripts that go along with a repainting."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from extensions.adetailer.repaint.control import scripts_of
from extensions.adetailer.units.unit import DetailUnit
from pipelines.contract.requests import ScriptCall
from tests.engines import make_request

CONTROL = ScriptCall(name="ControlNet", args=({"model": "canny"},))
TEMPLATES = ScriptCall(name="Dynamic Prompts v2.17.1", args=(True, True, 3))


def scripts(*calls: ScriptCall, **values: Any) -> tuple[tuple[ScriptCall, ...], list[str]]:
    warnings: list[str] = []
    unit = DetailUnit(place="args.0", **values)
    request = make_request(Path("models"), always_on=calls)
    return scripts_of(unit, request, warnings.append), warnings


def test_nothing_goes_along_unasked() -> None:
    assert scripts(CONTROL) == ((), [])


def test_the_pictures_own_units_are_passed_on_where_asked() -> None:
    assert scripts(CONTROL, controlnet_model="Passthrough") == ((CONTROL,), [])


def test_a_unit_of_its_own_looks_at_what_is_repainted() -> None:
    values = {"controlnet_module": "canny", "controlnet_model": "x canny", "controlnet_weight": 0.7}
    (call,), warnings = scripts(CONTROL, **values)
    unit = call.args[0]
    assert (unit["module"], unit["model"], unit["weight"]) == ("canny", "x canny", 0.7)
    assert "image" not in unit
    assert warnings == []


def test_a_preprocessor_is_guessed_from_the_models_name_and_said() -> None:
    (call,), warnings = scripts(controlnet_model="control_v11f1e_sd15_tile [a371b31b]")
    assert call.args[0]["module"] == "tile_resample"
    assert warnings == ["args.0.ad_controlnet_module: tile_resample was used, as the model's name says"]


def test_templates_are_read_one_of_each() -> None:
    assert scripts(TEMPLATES)[0] == (ScriptCall(name=TEMPLATES.name, args=(True,)),)
    assert scripts(ScriptCall(name=TEMPLATES.name, args=(False,)))[0] == ()
