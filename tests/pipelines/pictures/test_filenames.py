"""File names from patterns, token by token."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import pytest
from PIL import Image

from pipelines.pictures.filenames import NameFacts, apply_pattern, sanitize

IMAGE = Image.new("RGB", (24, 16))
VALUES: dict[str, Any] = {
    "seed": 7,
    "seeds": (7, 8),
    "prompt": "a red, circle: on white",
    "negative_prompt": "blur",
    "steps": 20,
    "cfg_scale": 7.0,
    "sampler": "Euler a",
    "scheduler": "karras",
    "model_name": "tiny",
    "model_hash": "0123456789",
}


def named(pattern: str, **changes: Any) -> str:
    return apply_pattern(pattern, NameFacts(image=IMAGE, **(VALUES | changes)))


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("[seed]-[steps]-[cfg]", "7-20-7.0"),
        ("[width]x[height]", "24x16"),
        ("[sampler] [scheduler]", "Euler a Karras"),
        ("[sampler_scheduler]", "Euler a Karras"),
        ("[model_name]-[model_hash]", "tiny-0123456789"),
        ("[prompt]", "a_red,_circle__on_white"),
        ("[prompt_spaces]", "a red, circle_ on white"),
        ("[prompt_words]", "a red circle on white"),
        ("[SEED]", "7"),
        ("[basename][none]", "img"),
        ("[styles]", "None"),
        ("[clip_skip]", "1"),
        ("[vae_filename]", "NoneType"),
        ("[hasprompt<red|no><blue|nothing><green>]", "rednothing"),
    ],
)
def test_tokens_say_what_they_are_named_for(pattern: str, name: str) -> None:
    assert named(pattern) == name


def test_unknown_tokens_and_those_without_a_value_stay() -> None:
    assert named("[seed]-[nothing]-[user]") == "7-[nothing]-[user]"
    assert named("[model_hash]", model_hash=None) == "[model_hash]"


def test_some_tokens_vanish_with_the_text_before_them() -> None:
    assert named("[seed]-[batch_number]-[generation_number]x[denoising]") == "7"
    many = named("[seed]-[batch_number]-[generation_number]", batch_size=2, batch_index=1, generation_index=3)
    assert many == "7-2-4"
    assert named("[seed]-[denoising]", denoising_strength=0.5) == "7-0.5"


def test_a_batch_has_a_first_and_a_last_seed() -> None:
    assert named("[seed_first]-[seed_last]", batch_size=2) == "7-8"
    assert named("[seed_first]-[seed_last]", seed=8) == "8"


def test_hashes_have_as_many_digits_as_asked() -> None:
    digest = hashlib.sha256(VALUES["prompt"].encode()).hexdigest()
    assert named("[prompt_hash]") == digest[:8]
    assert named("[prompt_hash<12>]") == digest[:12]
    assert named("[prompt_hash<x>]") == digest[:8]
    assert named("[negative_prompt_hash<4>]") == hashlib.sha256(b"blur").hexdigest()[:4]
    both = f"{VALUES['prompt']} blur".encode()
    assert named("[full_prompt_hash]") == hashlib.sha256(both).hexdigest()[:8]
    assert named("[image_hash]") == hashlib.sha256(IMAGE.tobytes()).hexdigest()


def test_times_take_a_format_and_a_zone() -> None:
    assert re.fullmatch(r"\d{14}", named("[datetime]"))
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", named("[date]"))
    assert named("[datetime<%z><UTC>]") == "+0000"
    assert re.fullmatch(r"\d{4}", named("[datetime<%Y><No/Where>]"))


def test_words_are_counted_and_none_is_said() -> None:
    assert named("[prompt_words]", max_words=2) == "a red"
    assert named("[prompt_words]", prompt="") == "empty"


def test_a_fit_name_has_no_illegal_characters_and_an_end() -> None:
    assert sanitize('  a<b>:"c/d\\e|f?g*#h. ') == "a_b___c_d_e_f_g__h"
    assert sanitize("x" * 200) == "x" * 128
    assert sanitize("a b", spaces=True) == "a_b"
