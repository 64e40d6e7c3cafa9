"""ControlNet's units and the IP-Adapter's, each in its place."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.swarmui.models.choices import Choices
from extensions.swarmui.parameters.request import SwarmRequest
from extensions.swarmui.runs.controls import controls_of, unused_pictures
from pipelines.contract.errors import InvalidRequest

FOUND = Choices(controls={"canny": "canny.safetensors [abcdef12]", "depth": "depth [1]", "ip": "ip [2]"})


def units(**values: Any) -> tuple[Any, ...]:
    (script,) = controls_of(SwarmRequest(values=values), FOUND)
    assert script.args is not None
    return script.args


def test_each_control_net_has_a_place() -> None:
    first, second, third, adapter = units(
        controlnetmodel="canny",
        controlnetimageinput="picture",
        controlnetstrength=0.5,
        controlnetthreemodel="depth",
        controlnetthreepreprocessor="Depth_Midas",
        controlnettwostrength=2.0,
        initimage="start",
    )
    assert (first["model"], first["image"], first["weight"], first["module"]) == (
        "canny.safetensors [abcdef12]",
        "picture",
        0.5,
        "none",
    )
    assert (third["model"], third["module"], "image" in third) == ("depth [1]", "depth_midas", False)
    assert (second, adapter) == (None, None)


def test_nothing_is_asked_without_a_model() -> None:
    assert controls_of(SwarmRequest(values={"controlnetstrength": 1.0}), FOUND) == ()
    with pytest.raises(InvalidRequest, match="controlnetimageinput"):
        units(controlnetmodel="canny")


def test_an_ip_adapter_reads_all_pictures() -> None:
    *others, unit = units(useipadapter="ip", promptimages=("a", "b"), ipadapterweight=0.7, ipadapterend=0.5)
    assert others == [None, None, None]
    assert unit == {
        "model": "ip [2]",
        "module": "ip-adapter-auto",
        "image": [{"image": "a"}, {"image": "b"}],
        "weight": 0.7,
        "guidance_start": 0.0,
        "guidance_end": 0.5,
    }
    with pytest.raises(InvalidRequest, match="Prompt Images"):
        units(useipadapter="ip")


def test_pictures_that_nothing_reads_are_told() -> None:
    assert unused_pictures(SwarmRequest(values={"promptimages": ("a",)}))
    assert not unused_pictures(SwarmRequest(values={"promptimages": ("a",), "useipadapter": "ip"}))
