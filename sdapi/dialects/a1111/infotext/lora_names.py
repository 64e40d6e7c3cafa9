"""Rename the LoRA tags of a prompt from elsewhere to the files here that have the same hash."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias

FindLora: TypeAlias = Callable[[str, str], str | None]
"""Finds the name here of a tag's network by ``(name, short hash)``; None where no file has the hash."""

_TAG = re.compile(r"<(lora|lyco):([^:>]+)(?=[:>])")


def rename_loras(result: dict[str, Any], find: FindLora) -> None:
    """Rename the tags of ``Prompt`` by ``Lora hashes``; tags without a hash or a file stay."""
    hashes = read_hashes(str(result.get("Lora hashes", "")))
    if not hashes:
        return

    def renamed(tag: re.Match[str]) -> str:
        name = tag[2]
        short = hashes.get(name.replace(":", "").replace(",", ""))
        return f"<{tag[1]}:{(find(name, short) if short else None) or name}"

    result["Prompt"] = _TAG.sub(renamed, str(result["Prompt"]))


def read_hashes(text: str) -> dict[str, str]:
    """``one: 0123456789ab, two: …`` by name."""
    pairs = (part.partition(":") for part in text.split(","))
    return {name.strip(): value.strip().lower() for name, _, value in pairs if name.strip() and value.strip()}
