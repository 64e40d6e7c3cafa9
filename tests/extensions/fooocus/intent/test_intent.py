"""The intent of a body: words, seeds, sampling, warnings."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.fooocus.intent import intent
from pipelines.families.sd.sdxl import SDXL
from tests.extensions.fooocus.conftest import FooocusServer


def test_a_request_of_words(fooocus: FooocusServer) -> None:
    made = fooocus.make(prompt="a cat", style_selections=[], image_seed=7, loras=[], image_number=2)
    base = made.base
    assert (base.steps, base.cfg_scale, base.sampler, base.scheduler) == (30, 4.0, "DPM++ 2M SDE", "Karras")
    assert base.options.randn_source == "CPU"
    assert [picture.seed for picture in made.pictures] == [7, 8]
    assert base.per_picture.prompts == ("a cat", "a cat")
    assert (made.word, made.warnings) == ("fooocus-text", ())


def test_styles_and_added_words_are_chunks(fooocus: FooocusServer) -> None:
    made = fooocus.make(prompt="a cat", style_selections=["Fooocus V2", "Fooocus Sharp"], image_seed=7)
    (prompt,) = made.base.per_picture.prompts
    chunks = prompt.split(" BREAK ")
    assert chunks[0].startswith("a cat, crisp")
    assert chunks[1] == made.pictures[0].expansion


def test_seeds_may_stay_the_same_and_wrap_around(fooocus: FooocusServer) -> None:
    same = fooocus.make(image_number=2, image_seed=7, advanced_params={"disable_seed_increment": True})
    assert [picture.seed for picture in same.pictures] == [7, 7]
    wrapped = fooocus.make(image_number=2, image_seed=2**63 - 1)
    assert [picture.seed for picture in wrapped.pictures] == [2**63 - 1, 0]
    assert fooocus.make().pictures[0].seed != fooocus.make().pictures[0].seed


def test_fast_presets_change_everything_they_force(fooocus: FooocusServer) -> None:
    made = fooocus.make(performance_selection="Lightning")
    assert (made.base.steps, made.base.cfg_scale, made.base.sampler) == (4, 1.0, "Euler")
    assert made.steering.sharpness == 0.0
    assert any("sdxl_lightning_4step_lora" in text for text in made.warnings)


def test_loras_of_list_and_prompt(fooocus: FooocusServer) -> None:
    listed = fooocus.make(prompt="a cat", style_selections=[], loras=[{"model_name": "tiny.safetensors"}])
    assert listed.base.per_picture.prompts == ("a cat<lora:tiny:0.5>",)
    inline = fooocus.make(prompt="a cat <lora:tiny:0.8>", style_selections=[], loras=[])
    assert inline.base.per_picture.prompts == ("a cat<lora:tiny:0.8>",)


def test_what_was_replaced_is_told(fooocus: FooocusServer) -> None:
    made = fooocus.make(
        base_model_name="juggernautXL_v8Rundiffusion.safetensors",
        refiner_model_name="nobody's",
        performance_selection="Balanced",
        style_selections=["Nobody's"],
        meta_scheme="other",
    )
    names = {text.split(":")[0] for text in made.warnings}
    assert {"base_model_name", "refiner_model_name", "performance_selection"} <= names
    assert {"style_selections", "meta_scheme"} <= names


def test_wildcards_differ_from_picture_to_picture(fooocus: FooocusServer) -> None:
    folder = fooocus.data / "wildcards"
    folder.mkdir()
    (folder / "pet.txt").write_text("cat\ndog\n")
    body: dict[str, Any] = {
        "prompt": "a __pet__ in [[rain,snow]]",
        "read_wildcards_in_order": True,
        "image_number": 2,
    }
    made = fooocus.make(**body, style_selections=[])
    assert [picture.prompt for picture in made.pictures] == ["a cat in rain", "a dog in snow"]


def test_advanced_values_reach_the_engine(fooocus: FooocusServer) -> None:
    advanced = {
        "adaptive_cfg": 5,
        "adm_scaler_end": 0.5,
        "freeu_enabled": True,
        "clip_skip": 3,
        "disable_preview": True,
        "scheduler_name": "edm_playground_v2.5",
    }
    made = fooocus.make(sharpness=9, advanced_params=advanced)
    assert (made.steering.sharpness, made.steering.adaptive_cfg, made.steering.adm_end) == (9.0, 5.0, 0.5)
    assert made.steering.freeu == (1.01, 1.02, 0.99, 0.95)
    options = made.base.options
    assert (options.CLIP_stop_at_last_layers, made.base.scheduler) == (3, "Karras EDM")
    assert made.base.output.live_previews_enable is False


def test_metadata_tell_the_layer(fooocus: FooocusServer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fooocus.make().told.clip_skip == 1
    monkeypatch.setattr(intent, "family_at", lambda checkpoint: SDXL)
    assert fooocus.make().told.clip_skip == 2
    assert fooocus.make(advanced_params={"clip_skip": 3}).told.clip_skip == 3
