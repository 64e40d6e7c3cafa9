"""The design pages list every room in the order that the contracts of ``pyproject.toml`` give."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = {
    "pipelines": ("engine.md", "The engine"),
    "sdapi": ("server.md", "The server"),
    "extensions.adetailer": ("extensions.md", "ADetailer"),
    "extensions.controlnet": ("extensions.md", "ControlNet"),
    "extensions.fooocus": ("extensions.md", "Fooocus-API"),
    "extensions.invokeai": ("extensions.md", "InvokeAI"),
    "extensions.swarmui": ("extensions.md", "SwarmUI"),
}
"""The page and heading of each building's first table."""


@cache
def contracts() -> dict[str, tuple[tuple[str, ...], ...]]:
    """The storeys of each building, from the top floor down; rooms of one storey are together."""
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {
        contract["containers"][0]: tuple(tuple(layer.split(" | ")) for layer in contract["layers"])
        for contract in table["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers" and "containers" in contract
    }


def rooms_on(page: str, heading: str) -> list[str]:
    """The rooms in the first column of the first table below a heading, in order."""
    text = (ROOT / "docs" / "design" / page).read_text(encoding="utf-8")
    below = re.split(rf"^#+ {re.escape(heading)}$", text, maxsplit=1, flags=re.MULTILINE)[1]
    found = re.search(r"^\| room \|.*?(?=^$|\Z)", below, flags=re.MULTILINE | re.DOTALL)
    cells = [line.split("|")[1] for line in found[0].splitlines()[2:]] if found else []
    named = (name for cell in cells for name in re.findall(r"`([^`]+)`", cell))
    return [re.split(r"[/.]", name)[0] for name in named]


@pytest.mark.parametrize("building", PAGES)
def test_a_page_has_the_order_of_the_contract(building: str) -> None:
    storey = {room: number for number, rooms in enumerate(contracts()[building]) for room in rooms}
    listed = rooms_on(*PAGES[building])
    assert [room for room in listed if room not in storey] == []
    assert listed == sorted(listed, key=lambda room: storey[room])


@pytest.mark.parametrize("building", PAGES)
def test_a_page_has_every_folder(building: str) -> None:
    folders = {path.parent.name for path in (ROOT / building.replace(".", "/")).glob("*/__init__.py")}
    assert folders - set(rooms_on(*PAGES[building])) == set()


def test_every_building_with_storeys_has_a_page() -> None:
    """Dynamic Prompts is one folder and a few files, described in a sentence."""
    assert set(contracts()) - set(PAGES) == {"extensions.dynamic_prompts"}
