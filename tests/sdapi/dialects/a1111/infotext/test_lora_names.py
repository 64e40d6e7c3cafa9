"""LoRA tags are renamed by the hashes that an infotext carries."""

from __future__ import annotations

from sdapi.dialects.a1111.infotext.parse import ParseRules, parse

LINE = "Steps: 20, Sampler: Euler, Seed: 1"


def local(name: str, short_hash: str) -> str | None:
    return {"0123456789ab": "here", "ffffffffffff": name}.get(short_hash)


def prompt(text: str, hashes: str) -> str:
    infotext = f'{text}\n{LINE}, Lora hashes: "{hashes}"'
    return str(parse(infotext, ParseRules(local_lora=local))["Prompt"])


def test_a_tag_takes_the_local_name() -> None:
    text = "<lora:old:1> a cat <lora:old:0.5:0.2> <lyco:old>"
    assert prompt(text, "old: 0123456789AB") == "<lora:here:1> a cat <lora:here:0.5:0.2> <lyco:here>"


def test_tags_without_hash_or_file_stay() -> None:
    text = "<lora:one:1><lora:two:1><lora:three:1><hypernet:old:1>"
    assert prompt(text, "one: 000000000000, two: ffffffffffff, old: 0123456789ab") == text


def test_characters_that_hashes_leave_out_are_no_difference() -> None:
    assert prompt("<lora:a,b:1>", "ab: 0123456789ab") == "<lora:here:1>"


def test_without_hashes_or_a_catalog_nothing_changes() -> None:
    assert parse(f"<lora:old:1>\n{LINE}", ParseRules(local_lora=local))["Prompt"] == "<lora:old:1>"
    text = f'<lora:old:1>\n{LINE}, Lora hashes: "old: 0123456789ab"'
    assert parse(text)["Prompt"] == "<lora:old:1>"
