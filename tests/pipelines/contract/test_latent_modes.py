"""Names of the ways to enlarge latents."""

from __future__ import annotations

import json
from pathlib import Path

from pipelines.contract.latent_modes import LATENT_MODES


def test_the_names_are_those_of_a1111_in_its_order(root: Path) -> None:
    file = root / "tests" / "data" / "recorded" / "get-latent-upscale-modes.json"
    recorded = json.loads(file.read_text(encoding="utf-8"))["response"]
    assert [{"name": name} for name in LATENT_MODES] == recorded
