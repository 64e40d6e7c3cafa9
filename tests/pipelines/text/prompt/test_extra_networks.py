"""Tags of LoRAs and hypernetworks."""

from __future__ import annotations

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.options import GenerationOptions
from pipelines.text.prompt.extra_networks import (
    HypernetworkArguments,
    LoraArguments,
    NetworkTag,
    dropped_tags,
    hypernetwork_arguments,
    lora_arguments,
    negative_tags,
    networks_of,
    strip_tags,
)


def only_tag(prompt: str) -> NetworkTag:
    (tag,) = strip_tags([prompt]).tags
    return tag


def test_tags_are_cut_out_and_spaces_stay() -> None:
    result = strip_tags(["a <lora:x:0.5> b<lyco:y>", "c <lora:z:1>"])
    assert result.prompts == ("a  b", "c ")
    assert [(tag.kind, tag.positional) for tag in result.tags] == [("lora", ("x", "0.5")), ("lora", ("y",))]


@pytest.mark.parametrize("text", ["<lora>", "<lora:>", "< lora:x>", "a > b < c", "<lora:x", ""])
def test_other_angle_brackets_are_text(text: str) -> None:
    assert strip_tags([text]).prompts == (text,)
    assert strip_tags([text]).tags == ()


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("<lora:x>", LoraArguments(name="x")),
        ("<lora:x:0.5>", LoraArguments(name="x", te=0.5, unet=0.5)),
        ("<lora:x:0.5:0.7>", LoraArguments(name="x", te=0.5, unet=0.7)),
        ("<lora:x:te=0.3:unet=1.0>", LoraArguments(name="x", te=0.3, unet=1.0)),
        ("<lora:x:0.5:unet=2>", LoraArguments(name="x", te=0.5, unet=2.0)),
        ("<lora:x:1:1:8>", LoraArguments(name="x", dyn_dim=8)),
        ("<lora:x:dyn=4>", LoraArguments(name="x", dyn_dim=4)),
    ],
)
def test_lora_arguments(prompt: str, expected: LoraArguments) -> None:
    assert lora_arguments(only_tag(prompt)) == expected


def test_hypernetwork_arguments() -> None:
    assert hypernetwork_arguments(only_tag("<hypernet:h>")) == HypernetworkArguments(name="h")
    assert hypernetwork_arguments(only_tag("<hypernet:h:0.8>")).multiplier == 0.8


def test_item_with_two_equal_signs_is_positional() -> None:
    assert only_tag("<lora:x:a=b=c>").positional == ("x", "a=b=c")


@pytest.mark.parametrize("prompt", ["<lora:x:much>", "<lora:te=1>", "<lora:x:dyn=big>", "<lora:x:dyn=nan>"])
def test_malformed_arguments_name_the_field(prompt: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        lora_arguments(only_tag(prompt))
    assert caught.value.field == "prompt"


def test_options_append_networks_unless_mentioned() -> None:
    options = GenerationOptions(sd_lora="x", sd_hypernetwork="h", extra_networks_default_multiplier=0.5)
    tags = networks_of(strip_tags(["<lora:x:1>"]).tags, options)
    assert [(tag.kind, tag.positional) for tag in tags] == [("lora", ("x", "1")), ("hypernet", ("h", "0.5"))]
    assert networks_of((), GenerationOptions()) == ()


def test_tags_that_only_later_prompts_have_are_told() -> None:
    tagged = strip_tags(["a <lora:x:1>", "b <lora:x:1>", "c <lora:y:1> <lora:x:1>"])
    (warning,) = dropped_tags(tagged)
    assert warning.startswith("1 tags had no effect, e.g. <lora:y:1>")
    assert dropped_tags(strip_tags(["a <lora:x:1>", "b <lora:x:1>"])) == ()


def test_tags_in_negative_prompts_are_told() -> None:
    (warning,) = negative_tags(["ugly", "ugly <lora:x:1>"])
    assert "<lora:x:1>" in warning
    assert negative_tags(["ugly <b:c>", ""]) == ()
