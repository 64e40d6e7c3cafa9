"""Write A1111's infotext: prompt, negative prompt and one line of ``key: value`` pairs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

VERSION = "v1.10.1"
"""The A1111 release whose pictures we make; clients compare it."""

Value = str | int | float | bool | None


def quote(value: Value) -> str:
    """Write a value of a pair: bare, or JSON-quoted if it holds a comma, a colon or a newline."""
    text = str(value)
    if any(c in text for c in ",\n:"):
        return json.dumps(text, ensure_ascii=False)
    return text


def pairs_line(pairs: Mapping[str, Value]) -> str:
    """``key: value`` pairs joined by commas; None is left out, a key that equals its value stands alone."""
    return ", ".join(
        key if key == value else f"{key}: {quote(value)}" for key, value in pairs.items() if value is not None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class InfotextFields:
    """The content of one picture's infotext.

    ``pairs`` are the fixed pairs in A1111's order; ``extra`` are the pairs that stages added, in the order
    they were set: a key that is also fixed keeps the fixed place and takes the extra value.
    """

    prompt: str
    negative_prompt: str
    pairs: Mapping[str, Value]
    extra: Mapping[str, Value]
    version: str | None = VERSION

    def text(self) -> str:
        """Write the infotext, without empty parts and pairs that are None."""
        merged: dict[str, Value] = {**self.pairs, **self.extra, "Version": self.version}
        negative = f"\nNegative prompt: {self.negative_prompt}" if self.negative_prompt else ""
        return f"{self.prompt}{negative}\n{pairs_line(merged)}".strip()
