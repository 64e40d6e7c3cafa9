"""Pictures become files or data URLs, with the metadata that settings and parameters ask for."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from extensions.swarmui.parameters.request import SwarmRequest
from extensions.swarmui.parameters.values import ParameterValue
from extensions.swarmui.runs.made import VERSION, MadePicture, Making, shown
from extensions.swarmui.store.settings import SETTINGS
from tests.sdapi.fakes import png

DEFAULTS = {setting.id: setting.default for setting in SETTINGS}
PARAMS: dict[str, ParameterValue] = {"prompt": "a cat", "seed": 7, "width": 8, "height": 8}


def made(
    root: Path,
    settings: dict[str, Any] | None = None,
    *,
    infotext: str | None = None,
    presets: tuple[str, ...] = (),
    **values: ParameterValue,
) -> MadePicture:
    request = SwarmRequest(values=PARAMS | values, presets=presets, extra={"mine": 1})
    making = Making(
        root=root, user="local", request=request, settings=DEFAULTS | (settings or {}), request_id="abc"
    )
    return making.picture(png(), 2, request.values, {"took": "1 s"}, infotext)


def info(data: bytes) -> dict[str, Any]:
    with Image.open(io.BytesIO(data)) as picture:
        return {str(key): value for key, value in picture.info.items()}


def test_a_file_has_its_metadata_inside(tmp_path: Path) -> None:
    found = made(tmp_path, overrideoutpathformat="x/[seed]-[batch_id]-[request_id]")
    assert (found.image, found.index) == ("View/local/x/7-2-abc.png", 2)
    assert info((tmp_path / "x/7-2-abc.png").read_bytes()) == {"parameters": found.metadata}
    told = json.loads(found.metadata or "")
    assert told["sui_image_params"]["prompt"] == "a cat"
    assert (told["sui_extra_data"]["took"], told["sui_extra_data"]["mine"]) == ("1 s", 1)
    assert "presets_used" not in told["sui_extra_data"]


def test_presets_that_were_used_are_named(tmp_path: Path) -> None:
    told = json.loads(made(tmp_path, presets=("Oil",)).metadata or "")
    assert told["sui_extra_data"]["presets_used"] == ["Oil"]


@pytest.mark.parametrize(("settings", "values"), [({"savefiles": False}, {}), ({}, {"donotsave": True})])
def test_an_unsaved_picture_is_sent_itself(
    settings: dict[str, Any], values: dict[str, Any], tmp_path: Path
) -> None:
    found = made(tmp_path, settings, **values)
    head, _, data = found.image.partition(",")
    assert head == "data:image/png;base64"
    assert info(base64.b64decode(data))["parameters"] == found.metadata
    assert list(tmp_path.iterdir()) == []


def test_a_setting_keeps_metadata_out_of_files(tmp_path: Path) -> None:
    found = made(tmp_path, {"fileformat.savemetadata": False, "outpathbuilder.format": "x"})
    assert info((tmp_path / "x.png").read_bytes()) == {}
    assert found.metadata is not None


def test_a_setting_writes_metadata_beside_the_file(tmp_path: Path) -> None:
    found = made(tmp_path, {"fileformat.savetextfilemetadata": True, "outpathbuilder.format": "x"})
    assert (tmp_path / "x.txt").read_text() == found.metadata


def test_the_parameter_goes_before_the_settings_format(tmp_path: Path) -> None:
    settings = {"fileformat.imageformat": "JPG", "outpathbuilder.format": "x"}
    assert made(tmp_path, settings).image == "View/local/x.jpg"
    assert made(tmp_path, settings, imageformat="PNG").image == "View/local/x.png"


def test_an_infotext_is_written_where_it_is_asked_for(tmp_path: Path) -> None:
    settings = {"outpathbuilder.format": "x"}
    made(tmp_path, settings, infotext="a cat\nSteps: 4")
    assert info((tmp_path / "x.png").read_bytes())["parameters"].startswith("{")
    found = made(tmp_path, settings, infotext="a cat\nSteps: 4", writeinfotext=True)
    assert info((tmp_path / "x-1.png").read_bytes()) == {
        "parameters": "a cat\nSteps: 4",
        "sui_image_params": found.metadata,
    }


def test_metadata_has_no_pictures_and_nothing_of_files() -> None:
    values = {"prompt": "a", "initimage": "xx", "promptimages": ("xx",), "donotsave": True, "loras": ("b",)}
    assert shown({**values, "nobody": 1}) == {"prompt": "a", "loras": ["b"], "swarm_version": VERSION}
