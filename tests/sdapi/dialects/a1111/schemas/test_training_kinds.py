"""An engine can make every activation and initialisation that the routes allow."""

from __future__ import annotations

import re

import pytest
import torch

from pipelines.contract.training import HypernetworkShape
from pipelines.training.hypernetwork.network import NetworkPairs
from sdapi.dialects.a1111.schemas.training_kinds import ACTIVATIONS, INITIALISATIONS, NAME_PATTERN


def answer(activation: str, weight_init: str) -> torch.Size:
    shape = HypernetworkShape(
        sizes=(8,), layer_structure=(1, 2, 1), activation=activation, weight_init=weight_init
    )
    pairs = NetworkPairs.new(shape, torch.Generator().manual_seed(1))
    return pairs.pairs[8][0].eval()(torch.ones((2, 8))).shape


@pytest.mark.filterwarnings("ignore:Implicit dimension choice")  # the original's, which files are made with
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activations_keep_the_width(activation: str) -> None:
    assert answer(activation, "Normal") == (2, 8)


@pytest.mark.parametrize("weight_init", INITIALISATIONS)
def test_first_weights_are_known(weight_init: str) -> None:
    assert answer("relu", weight_init) == (2, 8)


@pytest.mark.parametrize(
    ("name", "fits"), [("a", True), ("ü", True), ("_", True), ("/?", False), ("", False)]
)
def test_a_name_keeps_a_letter(name: str, fits: bool) -> None:
    assert bool(re.search(NAME_PATTERN, name)) is fits
