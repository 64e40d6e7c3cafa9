"""Axes: their indices, and what a value of each changes."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import GenerationRequest, Hires, Img2Img
from pipelines.scripting.xyz.axes import IMG2IMG_AXES, TXT2IMG_AXES
from tests.pipelines.scripting.xyz.plotting import a_request, arguments, run_plot


def requests_of(axis: str, text: str, **changes: Any) -> list[GenerationRequest]:
    return run_plot(arguments((axis, text, [])), a_request(**changes))[1]


@pytest.mark.parametrize(
    ("index", "txt2img", "img2img"),
    [
        (0, "Nothing", "Nothing"),
        (5, "Hires steps", "CFG Scale"),
        (6, "CFG Scale", "Image CFG Scale"),
        (10, "Hires sampler", "Checkpoint name"),
        (29, "VAE", "Styles"),
        (40, "FP8 mode", "Size"),
    ],
)
def test_indices(index: int, txt2img: str, img2img: str) -> None:
    assert (TXT2IMG_AXES[index].label, IMG2IMG_AXES[index].label) == (txt2img, img2img)


def test_numbers_of_axes() -> None:
    assert (len(TXT2IMG_AXES), len(IMG2IMG_AXES)) == (42, 41)


@pytest.mark.parametrize(
    ("axis", "text", "path", "expected"),
    [
        ("Var. seed", "9", "seeds.subseed", 9),
        ("Var. strength", "0.5", "seeds.subseed_strength", 0.5),
        ("Sampler", "Euler Karras", "scheduler", "Karras"),
        ("Sampler", "Euler a", "sampler", "Euler a"),
        ("Sampler", "k_euler", "sampler", "Euler"),
        ("Schedule type", "karras", "scheduler", "Karras"),
        ("Schedule rho", "5", "options.rho", 5.0),
        ("Sigma Churn", "2", "churn.s_churn", 2.0),
        ("Eta", "0.3", "churn.eta", 0.3),
        ("Clip skip", "2", "options.CLIP_stop_at_last_layers", 2),
        ("Denoising", "0.4", "denoising_strength", 0.4),
        ("Face restore", "GFPGAN", "options.face_restoration_model", "GFPGAN"),
        ("Face restore", "yes", "restore_faces", True),
        ("Face restore", "no", "restore_faces", False),
        ("Refiner checkpoint", "two", "refiner.checkpoint", "/models/two.safetensors"),
        ("Refiner checkpoint", "None", "refiner", None),
        ("RNG source", "nv", "options.randn_source", "NV"),
        ("SGM noise multiplier", "True", "options.sgm_noise_multiplier", True),
        ("Size", "64x96", "height", 96),
        ("Hires steps", "3", "hires.steps", 3),
        ("Hires sampler", "euler A", "hires.sampler", "Euler a"),
        ("Prompt S/R", "red", "prompt", "a red circle"),
    ],
)
def test_a_value_changes_its_field(axis: str, text: str, path: str, expected: Any) -> None:
    held: Any = requests_of(axis, text, hires=Hires())[0]
    for name in path.split("."):
        held = getattr(held, name)
    assert held == expected


def test_options_of_a_cell_are_overrides() -> None:
    assert "rho" in requests_of("Schedule rho", "5")[0].overridden


def test_styles_are_appended() -> None:
    assert [s.prompt for s in requests_of("Styles", '"oil, unknown"')[0].styles] == ["oil painting", ""]


def test_img2img_fields() -> None:
    source = Img2Img(images=(b"",))
    asked = run_plot(arguments(("Initial noise multiplier", "0.9", [])), a_request(img2img=source))[1]
    assert asked[0].img2img is not None and asked[0].img2img.noise_multiplier == 0.9


@pytest.mark.parametrize(
    ("axis", "text", "message"),
    [
        ("Sampler", "Foo", "Unknown sampler: Foo"),
        ("Checkpoint name", "three", "Unknown checkpoint: three"),
        ("Schedule type", "Foo", "Unknown scheduler: Foo"),
        ("Prompt S/R", "green", "did not find green"),
        ("Prompt order", "red, green", "does not contain 'green'"),
        ("Size", "big", "Invalid size"),
        ("Steps", "", "are empty"),
        ("Foo", "1", "no axis 'Foo'"),
        ("99", "1", "no axis '99'"),
    ],
)
def test_bad_values_are_refused(axis: str, text: str, message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        requests_of(axis, text)
