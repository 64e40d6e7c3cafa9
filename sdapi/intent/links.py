"""Fetch and measure the pictures in always-on scripts' arguments: engines get data, never addresses."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

from pipelines.contract.requests import ScriptCall
from sdapi.core.state import State
from sdapi.http.images import encode_base64

LINKS = ("http://", "https://")


async def fetch_links(calls: Iterable[ScriptCall], state: State) -> tuple[ScriptCall, ...]:
    """The calls with pictures in place of links, none too large. Raises ApiError naming the argument."""
    return tuple([await _fetched(call, state) for call in calls])


async def _fetched(call: ScriptCall, state: State) -> ScriptCall:
    places = state.hooks.pictures(call.name, call.args)
    args = list(call.args)
    if any(_is_link(_at(args, path)) for path in places):
        args = copy.deepcopy(args)
    for path in places:
        field = ".".join(map(str, ("always_on", call.name.lower(), "args", *path)))
        if _is_link(_at(args, path)):
            data = await state.images.read(_at(args, path), field=field)
            _at(args, path[:-1])[path[-1]] = encode_base64(data)
        else:
            await state.images.check_size(_at(args, path), field=field)
    return replace(call, args=tuple(args))


def _at(args: Any, path: Sequence[int | str]) -> Any:
    return reduce(lambda value, key: value[key], path, args)


def _is_link(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(LINKS)
