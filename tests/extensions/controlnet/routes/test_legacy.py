"""The routes of the extension's first months, and old units in the fields of today."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from extensions.controlnet.routes.legacy import modern_unit, split_body
from tests.extensions.controlnet.encoded import PIXEL


def test_old_routes_pass_units_on(client: TestClient) -> None:
    body = {
        "prompt": "dog",
        "controlnet_units": [
            {"input_image": PIXEL, "module": "canny", "model": "tiny-control-canny", "guessmode": False}
        ],
    }
    answer = client.post("/controlnet/txt2img", json=body)
    assert answer.status_code == 200
    parameters = answer.json()["parameters"]
    assert parameters["controlnet_units"] == body["controlnet_units"]
    assert parameters["alwayson_scripts"] == {}


def test_flat_fields_become_the_first_unit() -> None:
    plain, units = split_body(
        {
            "prompt": "x",
            "controlnet_input_image": ["AA"],
            "controlnet_module": "hed",
            "controlnet_units": [{"module": "mlsd"}],
        }
    )
    assert plain == {"prompt": "x"}
    assert units == [{"input_image": "AA", "module": "hed"}, {"module": "mlsd"}]


def test_old_defaults_keep_their_meaning() -> None:
    old = modern_unit(
        {"module": "canny", "processor_res": 64, "threshold_a": 64, "threshold_b": 64, "guidance": 0.5}
    )
    assert old == {
        "enabled": True,
        "module": "canny",
        "control_mode": "ControlNet is more important",
        "processor_res": -1,
        "threshold_a": -1,
        "threshold_b": -1,
        "guidance_end": 0.5,
    }
    kept = modern_unit({"processor_res": 512, "threshold_a": 100, "guessmode": False, "guidance": 1.0})
    assert (kept["threshold_a"], kept["control_mode"]) == (100, "Balanced")
    assert "guidance_end" not in kept


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"steps": "abc"}, "steps"),
        ({"controlnet_units": {"module": "canny"}}, "controlnet_units"),
        ({"controlnet_units": "canny"}, "controlnet_units"),
        ({"controlnet_units": [{"mask": "!", "input_image": "AA"}]}, "controlnet_units.mask"),
    ],
)
def test_old_routes_name_what_is_wrong(client: TestClient, body: dict[str, Any], field: str) -> None:
    for route in ("txt2img", "img2img"):
        answer = client.post(f"/controlnet/{route}", json={"init_images": [PIXEL], **body})
        assert answer.status_code == 422
        assert field in answer.text


def test_numbers_that_are_none_are_left_for_the_unit_to_refuse() -> None:
    old = modern_unit({"processor_res": "x", "guidance": "y"})
    assert (old["processor_res"], old["guidance_end"]) == ("x", "y")


def test_an_early_spelling_makes_no_unit_alone() -> None:
    assert split_body({"guess_mode": False, "controlnet_units": [1]}) == ({}, [1])
    assert split_body({"controlnet_input_image": [], "controlnet_module": ""}) == ({}, [])
    _, units = split_body({"guess_mode": False, "controlnet_module": "hed"})
    assert units == [{"guessmode": False, "module": "hed"}]


def test_the_name_of_an_old_upscaler_is_renewed() -> None:
    assert split_body({"hr_upscale": "Lanczos"}) == ({"hr_upscaler": "Lanczos"}, [])
    both = {"hr_upscale": "Lanczos", "hr_upscaler": "Nearest"}
    assert split_body(both) == ({"hr_upscaler": "Nearest"}, [])


@pytest.mark.parametrize(
    ("guess", "mode"),
    [
        (None, "ControlNet is more important"),
        (True, "ControlNet is more important"),
        (1, "ControlNet is more important"),
        (False, "Balanced"),
        (0, "Balanced"),
    ],
)
def test_guessing_was_the_rule(guess: object, mode: str) -> None:
    assert modern_unit({"guess_mode": guess})["control_mode"] == mode
    assert modern_unit({"guess_mode": guess, "control_mode": 1})["control_mode"] == 1


@pytest.mark.parametrize(("resolution", "kept"), [(64, False), (64.5, True), (None, False), (0, False)])
def test_a_low_resolution_takes_the_modules_own_values(resolution: object, kept: bool) -> None:
    made = modern_unit({"processor_res": resolution, "threshold_a": 7})
    assert (made["threshold_a"] == 7) is kept
    assert (made["processor_res"] == -1) is not kept


def test_a_unit_may_be_switched_off_all_the_same() -> None:
    assert modern_unit({})["enabled"] is True
    assert modern_unit({"enabled": False})["enabled"] is False
