"""Pictures in the arguments of always-on scripts become bytes, where the script says they stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import anyio
import pytest

from pipelines.contract.requests import ScriptCall
from sdapi.core.hooks import ApiHooks, api_hook
from sdapi.core.state import State
from sdapi.intent.links import read_pictures


class _Sample:
    """An extension whose script has a picture in each of its arguments."""

    @api_hook
    def pictures(self, title: str, args: Sequence[Any]) -> Sequence[Sequence[int | str]]:
        """Answer the places of pictures; other scripts have none."""
        return [(number, "picture") for number in range(len(args))] if title == "Sample" else ()


class _Reader:
    """Reads links and the text "picture", and notes the field it was given."""

    async def read(self, value: str, *, field: str) -> bytes:
        return f"link {field} {value}".encode()

    async def read_text(self, text: str, *, field: str) -> bytes | None:
        return f"text {field} {text}".encode() if text == "picture" else None


class _State:
    def __init__(self) -> None:
        self.hooks = ApiHooks()
        self.hooks.register(_Sample())
        self.images = _Reader()


STATE = cast("State", _State())


def read(title: str, *args: Any) -> tuple[Any, ...]:
    (call,) = anyio.run(read_pictures, [ScriptCall(name=title, args=args)], STATE)
    assert call.name == title
    return call.args


def test_links_and_texts_become_bytes() -> None:
    first, second = {"picture": "https://a/b.png", "x": 1}, {"picture": "picture"}
    assert read("Sample", first, second) == (
        {"picture": b"link always_on.sample.args.0.picture https://a/b.png", "x": 1},
        {"picture": b"text always_on.sample.args.1.picture picture"},
    )
    assert first == {"picture": "https://a/b.png", "x": 1}


@pytest.mark.parametrize("value", ["AAAA", "ftp://a/b.png", "HTTP://a/b.png", None, 5])
def test_what_is_no_picture_stays(value: Any) -> None:
    assert read("Sample", {"picture": value}) == ({"picture": value},)


def test_other_scripts_keep_their_arguments() -> None:
    args = ({"picture": "https://a/b.png"},)
    calls = [ScriptCall(name="Other", args=args)]
    (call,) = anyio.run(read_pictures, calls, STATE)
    assert call is calls[0]


def test_calls_stay_in_order() -> None:
    calls = [ScriptCall(name=name, args=()) for name in ("b", "Sample", "a")]
    found = anyio.run(read_pictures, calls, STATE)
    assert [call.name for call in found] == ["b", "Sample", "a"]
