"""img2img alternative test: an inversion, and the fields that its arguments override."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.contract.requests import GenerationRequest, Inversion
from pipelines.scripting.script_file import Names, Script, discover
from tests.pipelines.scripting.xyz.plotting import FakeContext, a_request

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
INVERSION = Inversion(
    prompt="a cat", negative_prompt="a dog", steps=30, cfg_scale=1.5, randomness=0.25, sigma_adjustment=True
)


@pytest.fixture(scope="module")
def script() -> Script:
    found = discover(SCRIPTS).find("img2img alternative test", is_img2img=True)
    assert found is not None
    return found


def asked(script: Script, *, overrides: bool) -> GenerationRequest:
    """The generation for the inversion's arguments, with every override on or off."""
    on = overrides
    args: tuple[Any, ...] = ("", on, on, "a cat", "a dog", on, "30", on, "1.5", 0.25, 1)
    assert script.run is not None and script.outline is not None
    request = a_request(steps=9, sampler="DDIM", denoising_strength=0.5)
    made = next(script.run(request, args, FakeContext()))
    (part,) = script.outline(request, args, Names())
    assert getattr(part, "request", None) == made
    return made


def test_arguments_become_an_inversion(script: Script) -> None:
    plain = a_request(steps=9, sampler="DDIM", denoising_strength=0.5)
    assert asked(script, overrides=False) == replace(plain, inversion=INVERSION)


def test_overrides_make_the_pass_like_the_inversion(script: Script) -> None:
    made = asked(script, overrides=True)
    assert (made.sampler, made.prompt, made.negative_prompt) == ("Euler", "a cat", "a dog")
    assert (made.steps, made.denoising_strength, made.inversion) == (30, 1.0, INVERSION)


def test_defaults_fit_the_script(script: Script) -> None:
    declared = script.arguments(True, Names())
    assert script.run is not None
    made = next(script.run(a_request(), tuple(each.value for each in declared), FakeContext()))
    assert made.inversion == Inversion(prompt="")
