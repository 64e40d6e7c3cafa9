"""A preprocessor's record: its title, its sliders, and the effects of its units."""

from __future__ import annotations

import pytest

from extensions.controlnet.preprocessors.effects import (
    ColourEffect,
    Effect,
    ImagePromptEffect,
    RecolourEffect,
    ReferenceEffect,
    RepaintEffect,
    RevisionEffect,
    StyleEffect,
)
from extensions.controlnet.preprocessors.preprocessor import (
    Preprocessor,
    Slider,
    folder,
    function,
    resolution_slider,
    together,
)

A = Slider(name="A", minimum=0, maximum=1, step=0.1, default=0.5)


def test_the_key_is_the_title_of_one_without_a_label() -> None:
    assert Preprocessor(key="canny").title == "canny"
    assert Preprocessor(key="hed", label="softedge_hed").title == "softedge_hed"


def test_sliders_are_those_that_exist() -> None:
    assert [s.name for s in Preprocessor(key="x", b=A).sliders] == ["Resolution", "A"]
    assert Preprocessor(key="x", resolution=None).sliders == ()
    assert resolution_slider(1280).default == 1280


@pytest.mark.parametrize(
    ("effect", "embeds", "everywhere"),
    [
        (ImagePromptEffect(), True, False),
        (StyleEffect(), True, False),
        (RevisionEffect(), True, True),
        (ReferenceEffect(), False, True),
        (ColourEffect(), False, False),
        (RecolourEffect(kind="luminance"), False, False),
        (RepaintEffect(), False, False),
        (None, False, False),
    ],
)
def test_effects_tell_embeddings_and_regions(effect: Effect | None, embeds: bool, everywhere: bool) -> None:
    row = Preprocessor(key="x", effect=effect)
    assert (row.embeds, row.acts_everywhere) == (embeds, everywhere)


def test_files_go_in_sets() -> None:
    assert together("a", "b") == (("a", "b"),)
    assert folder("net") == ("net/config.json", "net/model.safetensors")


def test_functions_are_found_by_name() -> None:
    assert function("math:sqrt")(4) == 2
    with pytest.raises(AttributeError):
        function("math:nothing")
    with pytest.raises(ImportError):
        function("no_such_module_at_all:f")
