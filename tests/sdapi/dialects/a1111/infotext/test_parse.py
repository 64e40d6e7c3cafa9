"""Read infotexts back into fields, as A1111 does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.contract.requests import Style
from pipelines.text.infotext.write import InfotextFields
from sdapi.dialects.a1111.infotext.legacy import automatic_first_pass
from sdapi.dialects.a1111.infotext.parse import ParseRules, parse

DEFAULTS: dict[str, Any] = {
    "Prompt": "",
    "Negative prompt": "",
    "Clip skip": "1",
    "Hires resize-1": 0,
    "Hires resize-2": 0,
    "Hires sampler": "Use same sampler",
    "Hires schedule type": "Use same scheduler",
    "Hires checkpoint": "Use same checkpoint",
    "Hires prompt": "",
    "Hires negative prompt": "",
    "Mask mode": "Inpaint masked",
    "Masked content": "original",
    "Inpaint area": "Whole picture",
    "Masked area padding": 32,
    "RNG": "GPU",
    "Schedule type": "Automatic",
    "Schedule max sigma": 0,
    "Schedule min sigma": 0,
    "Schedule rho": 0,
    "VAE Encoder": "Full",
    "VAE Decoder": "Full",
    "FP8 weight": "Disable",
    "Refiner switch by sampling steps": False,
}
TEXT = """a cat, masterpiece
second line
Negative prompt: blurry
more
Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7.0, Seed: 1, Size: 512x768, Version: v1.1"""


def test_nothing_gives_the_defaults() -> None:
    assert json.dumps(parse("")) == json.dumps(DEFAULTS)


def test_text_comes_first_then_prompts_then_defaults() -> None:
    result = parse(TEXT)
    assert list(result)[:10] == [
        "Steps",
        "Sampler",
        "Schedule type",
        "CFG scale",
        "Seed",
        "Size-1",
        "Size-2",
        "Version",
        "Prompt",
        "Negative prompt",
    ]
    assert (result["Prompt"], result["Negative prompt"]) == (
        "a cat, masterpiece\nsecond line",
        "blurry\nmore",
    )
    assert (result["Steps"], result["Size-2"]) == ("20", "768")


def test_line_with_few_pairs_is_prompt() -> None:
    result = parse("a cat\nSteps: 20, Seed: 1")
    assert result["Prompt"] == "a cat\nSteps: 20, Seed: 1"
    assert "Steps" not in result


VALUE = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).filter(
    lambda text: text == text.strip() and not text.startswith('"')
)


@given(VALUE, VALUE)
def test_what_is_written_is_read_back(first: str, second: str) -> None:
    pairs = {"Steps": 20, "First": f"x{first}", "Second": f"y{second}"}
    text = InfotextFields(prompt="p", negative_prompt="n", pairs=pairs, extra={}).text()
    result = parse(text)
    assert (result["First"], result["Second"]) == (f"x{first}", f"y{second}")


NICE = Style(name="nice", prompt="very {prompt} indeed", negative_prompt="ugly")
PLAIN = Style(name="plain", prompt="sharp")


@pytest.mark.parametrize(
    ("mode", "prompt", "styles"),
    [
        ("Apply if any", "cat", ["plain"]),
        ("Apply", "cat", ["plain"]),
        ("Discard", "cat", None),
        ("Ignore", "cat, sharp", None),
    ],
)
def test_styles_of_a_text(mode: str, prompt: str, styles: list[str] | None) -> None:
    result = parse("cat, sharp", ParseRules(styles=(PLAIN,), infotext_styles=mode))
    assert (result["Prompt"], result.get("Styles array")) == (prompt, styles)


def test_hires_prompts_must_agree_on_styles() -> None:
    line = "Steps: 1, Seed: 1, Size: 8x8, Hires prompt: "
    rules = ParseRules(styles=(PLAIN,))
    agreed = parse(f'cat, sharp\n{line}"dog, sharp"', rules)
    assert (agreed["Prompt"], agreed["Hires prompt"], agreed["Styles array"]) == ("cat", "dog", ["plain"])
    other = parse(f"cat, sharp\n{line}dog", rules)
    assert (other["Prompt"], "Styles array" in other) == ("cat, sharp", False)


@pytest.mark.parametrize(
    ("version", "added"),
    [
        ("v1.5.2", {"Old prompt editing timelines", "Pad conds v0", "Downcast alphas_cumprod"}),
        ("v1.7.0-224-gabcdef0", {"Downcast alphas_cumprod"}),
        ("v1.7.0-225-gabcdef0", set[str]()),
        ("f0.0.1", set[str]()),
    ],
)
def test_versions(version: str, added: set[str]) -> None:
    text = f"[a]\nSteps: 1, Sampler: DDIM, Refiner: x, Version: {version}"
    result = parse(text)
    keys = {"Old prompt editing timelines", "Pad conds v0", "Downcast alphas_cumprod"}
    assert keys & set(result) == added
    assert result["Refiner switch by sampling steps"] is version.startswith("v")
    assert not keys & set(parse(text, ParseRules(auto_backcompat=False)))


def test_old_hires_sizes() -> None:
    line = "x\nSteps: 1, Seed: 1, Size: 1024x768, First pass size: "
    result = parse(line + "512x384")
    assert (result["Size-1"], result["Hires resize-1"], result["Hires resize-2"]) == (512, 1024, 768)
    result = parse(line + "0x0")
    assert (result["Size-1"], result["Size-2"]) == automatic_first_pass(1024, 768) == (640, 448)


def test_other_legacy_keys() -> None:
    line = "x\nSteps: 1, Seed: 1, Hypernet: h, Hypernet strength: 0.5"
    assert parse(line)["Prompt"] == "x<hypernet:h:0.5>"
    line = "x\nSteps: 1, AddNet Module 1: LoRA, AddNet Model 1: foo(abc), AddNet Weight A 1: 0.7"
    assert parse(line)["Prompt"] == "x\n<lora:foo:0.7>"


def test_emphasis_is_noted_and_keys_can_be_skipped() -> None:
    assert parse("(a:1.2)")["Emphasis"] == "Original"
    assert parse("(a:1.2.3)")["Emphasis"] == "Original"
    assert "Emphasis" not in parse("a BREAK b")
    assert "RNG" not in parse("", ParseRules(infotext_skip_pasting=frozenset({"RNG"})))


@pytest.mark.parametrize(
    ("version", "prompt"), [("v1.8.0-139-gabc", "cat"), ("v1.7.0", "cat"), ("v1.8.0-140-gabc", "cat, sharp")]
)
def test_older_versions_wrote_hires_prompts_without_styles(version: str, prompt: str) -> None:
    line = f"Steps: 1, Seed: 1, Size: 8x8, Hires prompt: dog, Version: {version}"
    result = parse(f"cat, sharp\n{line}", ParseRules(styles=(PLAIN,)))
    assert (result["Prompt"], result["Hires prompt"]) == (prompt, "dog")
    assert result.get("Styles array") == (["plain"] if prompt == "cat" else None)
