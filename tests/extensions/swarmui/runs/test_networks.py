"""LoRAs of lists: their weights are cut or filled up, those of the text encoder too."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.swarmui.parameters.request import SwarmRequest
from extensions.swarmui.runs.networks import networks_of, unused_sections
from pipelines.contract.errors import InvalidRequest
from sdapi.intent.intent import NetworkIntent


def networks(**values: Any) -> tuple[NetworkIntent, ...]:
    return networks_of(SwarmRequest(values=values))


def test_weights_are_cut_and_filled_up() -> None:
    assert networks() == networks(loraweights=("2",)) == ()
    assert networks(loras=("a", "b"), loraweights=("0.5",)) == (
        NetworkIntent(name="a", strength=0.5),
        NetworkIntent(name="b"),
    )
    (one,) = networks(loras=("a",), loraweights=("0.5", "7"), loratencweights=("0.2",))
    assert one == NetworkIntent(name="a", strength=0.5, text_strength=0.2)
    with pytest.raises(InvalidRequest, match="LoRA Tenc Weights: they must be numbers"):
        networks(loras=("a",), loratencweights=("x",))
    for bad in ("nan", "11"):
        with pytest.raises(InvalidRequest, match="between -10 and 10"):
            networks(loras=("a",), loraweights=(bad,))


def test_sections_are_told_where_they_would_matter() -> None:
    assert not unused_sections(SwarmRequest(values={"lorasectionconfinement": ("-1", "0")}))
    assert unused_sections(SwarmRequest(values={"lorasectionconfinement": ("-1", "2")}))
