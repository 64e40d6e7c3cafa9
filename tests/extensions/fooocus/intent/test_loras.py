"""LoRAs chosen from a list, a prompt and a preset."""

from __future__ import annotations

from extensions.fooocus.bodies.advanced import FooocusLora
from extensions.fooocus.intent.loras import ChosenLoras, choose_loras
from sdapi.core.services import LoraRow

ROWS = [LoraRow(name=f"n{k}", alias="", path=f"/models/Lora/sub/n{k}.safetensors") for k in range(8)]


def chosen(*listed: FooocusLora, in_prompt: tuple[str, ...] = (), preset: str = "") -> ChosenLoras:
    tags = [(name, 0.5) for name in in_prompt]
    return choose_loras(listed, tags, (preset, 0.8) if preset else None, ROWS)


def lora(name: str, weight: float = 1.0, *, enabled: bool = True) -> FooocusLora:
    return FooocusLora(model_name=name, weight=weight, enabled=enabled)


def test_files_by_any_spelling() -> None:
    made = chosen(lora("n1.safetensors", 0.3), lora("sub\\N2.safetensors"), lora("n3"), lora("None"))
    assert (made.loras, made.warnings) == ((("n1", 0.3), ("n2", 1.0), ("n3", 1.0)), ())
    assert made.files == tuple(f"/models/Lora/sub/n{k}.safetensors" for k in (1, 2, 3))


def test_what_is_off_or_absent_is_left_out() -> None:
    made = chosen(
        lora("n1", enabled=False), lora("nobody's"), lora("sd_xl_offset_example-lora_1.0.safetensors")
    )
    assert made.loras == ()
    assert made.warnings == ('loras: no file is called "nobody\'s"; it was left out',)


def test_the_prompts_own_are_added_once() -> None:
    assert chosen(lora("n1", 0.3), in_prompt=("n1", "n2")).loras == (("n1", 0.3), ("n2", 0.5))


def test_five_at_most_and_then_the_presets() -> None:
    made = chosen(*(lora(f"n{k}") for k in range(7)), preset="n7.safetensors")
    assert [name for name, _ in made.loras] == ["n0", "n1", "n2", "n3", "n4", "n7"]
    assert len(made.warnings) == 1
    assert "is not in the LoRA folder" in chosen(preset="sdxl_lcm_lora.safetensors").warnings[0]
