"""Names that script arguments are chosen from."""

from __future__ import annotations

from pathlib import Path

from sdapi.intent.names import script_names
from tests.sdapi.fakes import OTHER, TINY
from tests.sdapi.states import make_state


def test_names_are_those_of_the_listings(tmp_path: Path) -> None:
    (tmp_path / "styles.csv").write_text("name,prompt,negative_prompt\nnice,sharp,\n")
    names = script_names(make_state(tmp_path))
    assert names.checkpoints == (OTHER.title, TINY.title)
    assert names.vaes == ("tiny-vae-b.safetensors",)
    assert names.upscalers == ("None", "Lanczos", "Nearest", "R-ESRGAN 4x+")
    assert names.styles == ("nice",)
    assert names.latent_modes[0] == "Latent"
    assert {"Euler a", "DPM++ 2M"} <= set(names.samplers)
    assert names.schedulers[0] == "Automatic"
