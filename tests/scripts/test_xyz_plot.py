"""X/Y/Z plot: the arguments that it declares are those that the plot reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.contract.requests import Img2Img
from pipelines.scripting.script_arguments import coerce_arguments
from pipelines.scripting.script_file import Names, Repeated, Script, discover
from pipelines.scripting.xyz.settings import ARGUMENTS, read_settings
from tests.pipelines.scripting.xyz.plotting import FakeContext, a_request

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture(scope="module")
def script() -> Script:
    found = discover(SCRIPTS).find("x/y/z plot", is_img2img=False)
    assert found is not None
    return found


@pytest.mark.parametrize(("is_img2img", "axes"), [(False, 42), (True, 41)])
def test_as_many_arguments_are_declared_as_are_read(script: Script, is_img2img: bool, axes: int) -> None:
    declared = script.arguments(is_img2img, Names())
    assert len(declared) == ARGUMENTS
    assert [len(each.choices or ()) for each in declared[:9:3]] == [axes] * 3


def test_defaults_vary_nothing_but_the_seed(script: Script) -> None:
    declared = script.arguments(False, Names())
    args = coerce_arguments(declared, ("Seed", "1,2"), field="script.args")
    plot = read_settings(a_request(), args, FakeContext())
    assert (plot.x.values, plot.y.values, plot.z.values) == ((1, 2), ("",), ("",))
    assert (plot.draw_legend, plot.include_images, plot.random_seeds, plot.margin) == (True, False, False, 0)


def test_an_outline_has_a_generation_per_cell(script: Script) -> None:
    assert script.outline is not None
    declared = script.arguments(True, Names())
    args = coerce_arguments(declared, ("Steps", "3,4", [], "CFG Scale", "1-3"), field="script.args")
    parts = list(script.outline(a_request(img2img=Img2Img(images=(b"",))), args, Names()))
    assert len(parts) == 6
    assert all(isinstance(part, Repeated) and part.times == 1 for part in parts)
