"""Listed networks are written into every prompt as tags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import PerPicture
from sdapi.core.services import LoraRow
from sdapi.intent.intent import HiresIntent, Intent, NetworkIntent
from sdapi.intent.networks import with_networks
from tests.sdapi.fakes import FakeCatalog


class _Catalog(FakeCatalog):
    def loras(self) -> Sequence[LoraRow]:
        """Two networks: one with an alias, one whose name would end a tag."""
        rows = (("style_v1", "Style"), ("odd:name", "odd"))
        return [LoraRow(name=name, alias=alias, path=f"/{name}.safetensors") for name, alias in rows]


CATALOG = _Catalog()
HALF = NetworkIntent(name="style_v1", strength=0.5)


def test_none_leaves_the_intent_alone() -> None:
    intent = Intent(prompt="x")
    assert with_networks(intent, CATALOG) is intent


@pytest.mark.parametrize("name", ["style_v1", "STYLE_V1", "style", "Style"])
def test_names_and_aliases_ignore_letter_case(name: str) -> None:
    intent = Intent(prompt="x", networks=(replace(HALF, name=name),))
    assert with_networks(intent, CATALOG).prompt == "x<lora:style_v1:0.5>"


@pytest.mark.parametrize(
    ("network", "tag"),
    [
        (NetworkIntent(name="style"), "<lora:style_v1:1>"),
        (NetworkIntent(name="style", strength=-1.25), "<lora:style_v1:-1.25>"),
        (NetworkIntent(name="style", strength=0.5, text_strength=0.0), "<lora:style_v1:0:0.5>"),
    ],
)
def test_the_text_encoders_strength_comes_first(network: NetworkIntent, tag: str) -> None:
    assert with_networks(Intent(networks=(network,)), CATALOG).prompt == tag


def test_several_stand_in_order() -> None:
    intent = Intent(prompt="x", networks=(HALF, NetworkIntent(name="style")))
    assert with_networks(intent, CATALOG).prompt == "x<lora:style_v1:0.5><lora:style_v1:1>"


def test_every_prompt_gets_them_and_no_negative_one() -> None:
    own = PerPicture(prompts=("a", "b"))
    intent = Intent(
        prompt="x", negative_prompt="n", networks=(HALF,), per_picture=own, hires=HiresIntent(prompt="y")
    )
    found = with_networks(intent, CATALOG)
    assert (found.prompt, found.negative_prompt) == ("x<lora:style_v1:0.5>", "n")
    assert found.per_picture.prompts == ("a<lora:style_v1:0.5>", "b<lora:style_v1:0.5>")
    assert found.hires == HiresIntent(prompt="y<lora:style_v1:0.5>")


def test_a_second_pass_with_the_firsts_prompt_has_them_already() -> None:
    intent = Intent(prompt="x", networks=(HALF,), hires=HiresIntent(prompt=""))
    assert with_networks(intent, CATALOG).hires == HiresIntent(prompt="")


@pytest.mark.parametrize("name", ["gone", "", "odd"])
def test_unknown_names_are_blamed_by_number(name: str) -> None:
    intent = Intent(networks=(HALF, NetworkIntent(name=name)))
    with pytest.raises(InvalidRequest, match="no network is called") as refused:
        with_networks(intent, CATALOG)
    assert refused.value.field == "networks.1.name"
