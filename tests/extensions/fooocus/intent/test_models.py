"""Checkpoints by the names that clients send, and as listings show them."""

from __future__ import annotations

import pytest

from extensions.fooocus.intent.models import find_model, listed_names
from tests.sdapi.fakes import OTHER, TINY


@pytest.mark.parametrize(
    "name", ["tiny-sd1.safetensors", "TINY-SD1", "folder\\tiny-sd1.safetensors", TINY.title]
)
def test_names(name: str) -> None:
    assert find_model(name, (OTHER, TINY)) == TINY.title


@pytest.mark.parametrize("name", ["", "None", "juggernautXL_v8Rundiffusion.safetensors"])
def test_names_of_nothing(name: str) -> None:
    assert find_model(name, (OTHER, TINY)) is None


def test_listings_show_folders_with_slashes() -> None:
    paths = ["/m/Stable-diffusion/a.safetensors", "/m/Stable-diffusion/sub/b.ckpt", "/else/c.ckpt"]
    assert listed_names(paths, ["/m/Stable-diffusion"]) == ["a.safetensors", "sub/b.ckpt", "c.ckpt"]
