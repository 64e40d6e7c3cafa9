"""Infotexts of older versions get the settings that they meant."""

from __future__ import annotations

from typing import Any

import pytest

from sdapi.dialects.a1111.infotext.legacy import (
    add_additional_networks,
    add_back_compatibility,
    automatic_first_pass,
    legacy_hires_size,
    read_version,
)

TIMELINES, PADDING = "Old prompt editing timelines", "Pad conds v0"
ALPHAS, SWITCH = "Downcast alphas_cumprod", "Refiner switch by sampling steps"


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v1.6.0-12-gabc", (1, 6, 0, 12)),
        ("1.10.1", (1, 10, 1, 0)),
        ("v1.7.0-225", (1, 7, 0, 225)),
        ("x", None),
        ("v1.6", None),
        ("f2.0.1v1.10.1", None),
        ("v1.٣.0", None),
        (None, None),
    ],
)
def test_versions_are_read(text: object, version: tuple[int, ...] | None) -> None:
    assert read_version(text) == version


@pytest.mark.parametrize(
    ("pairs", "added"),
    [
        ({"Version": "v1.5.2", "Prompt": "[a:b:3]", "Sampler": "DDIM"}, {TIMELINES, PADDING, ALPHAS}),
        ({"Version": "v1.5.2", "Prompt": "a", "Sampler": "PLMS"}, {PADDING, ALPHAS}),
        ({"Version": "v1.5.2", "Prompt": "a", "Sampler": "Euler"}, {ALPHAS}),
        ({"Version": "v1.6.0", "Prompt": "[a]", "Sampler": "DDIM"}, {ALPHAS}),
        ({"Version": "v1.7.0-224-gabc"}, {ALPHAS}),
        ({"Version": "v1.7.0-225-gabc"}, set[str]()),
        ({"Version": "v1.7.0-224-gabc", "Refiner": "x"}, {ALPHAS, SWITCH}),
        ({"Version": "v1.7.9", "Refiner": "x"}, {SWITCH}),
        ({"Version": "v1.8.0", "Refiner": "x"}, set[str]()),
        ({"Prompt": "[a]", "Refiner": "x"}, set[str]()),
    ],
)
def test_each_version_adds_its_own(pairs: dict[str, Any], added: set[str]) -> None:
    result = dict(pairs)
    add_back_compatibility(result, enabled=True)
    assert result == {**pairs, **dict.fromkeys(added, True)}
    untouched = dict(pairs)
    add_back_compatibility(untouched, enabled=False)
    assert untouched == pairs


def test_additional_networks_become_tags() -> None:
    result = {
        "Prompt": "cat",
        "AddNet Module 1": "LoRA",
        "AddNet Model 1": "one(0123)",
        "AddNet Weight A 1": "0.5",
        "AddNet Module 2": "other",
        "AddNet Model 2": "two(0123)",
        "AddNet Module 3": "LoRA",
        "AddNet Model 3": "a (b)(0123)",
        "AddNet Module 4": "LoRA",
        "AddNet Model 4": "no hash",
        "AddNet Module 6": "LoRA",
        "AddNet Model 6": "six(0123)",
    }
    add_additional_networks(result)
    assert result["Prompt"] == "cat\n<lora:one:0.5><lora:a (b):1>"


def test_without_networks_the_prompt_stays() -> None:
    result = {"Prompt": "cat", "AddNet Enabled": "True"}
    add_additional_networks(result)
    assert result == {"Prompt": "cat", "AddNet Enabled": "True"}


@pytest.mark.parametrize(
    ("target", "first"),
    [
        ((1024, 1024), (512, 512)),
        ((1024, 768), (640, 448)),
        ((512, 2048), (256, 1024)),
        ((64, 64), (512, 512)),
        ((1, 1), (512, 512)),
        ((0, 0), (0, 0)),
    ],
)
def test_an_automatic_first_pass_has_sd1s_area(target: tuple[int, int], first: tuple[int, int]) -> None:
    assert automatic_first_pass(*target) == first


def sizes(result: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(result.get(key) for key in ("Size-1", "Size-2", "Hires resize-1", "Hires resize-2"))


def sized(**pairs: str) -> dict[str, Any]:
    names = {"first": "First pass size", "size": "Size", "resize": "Hires resize"}
    sides = ((names[key], text.split("x")) for key, text in pairs.items())
    return {f"{name}-{number}": side for name, pair in sides for number, side in enumerate(pair, 1)}


@pytest.mark.parametrize(
    ("pairs", "old_way", "expected"),
    [
        ({"first": "512x384", "size": "1024x768"}, False, (512, 384, 1024, 768)),
        ({"first": "0x0", "size": "1024x768"}, False, (640, 448, 1024, 768)),
        ({"first": "512x0", "size": "1024x1024"}, True, (512, 512, 1024, 1024)),
        ({"first": "512x384"}, False, (None, None, None, None)),
        ({"size": "64x96", "resize": "128x192"}, False, ("64", "96", "128", "192")),
        ({"size": "64x96", "resize": "128x192"}, True, (128, 192, "128", "192")),
        ({"size": "64x96", "resize": "128x0"}, True, ("64", "96", "128", "0")),
        ({"size": "64x96"}, True, ("64", "96", None, None)),
        ({"first": "axb", "size": "64x96"}, False, ("64", "96", None, None)),
    ],
)
def test_the_first_pass_becomes_the_size(
    pairs: dict[str, str], old_way: bool, expected: tuple[Any, ...]
) -> None:
    result = sized(**pairs)
    legacy_hires_size(result, target_is_resize=old_way)
    assert sizes(result) == expected
