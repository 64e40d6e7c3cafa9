"""Read the pictures in always-on scripts' arguments: engines get bytes, neither addresses nor base64."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

from pipelines.contract.requests import ScriptCall
from sdapi.core.state import State

LINKS = ("http://", "https://")


async def read_pictures(calls: Iterable[ScriptCall], state: State) -> tuple[ScriptCall, ...]:
    """The calls with bytes in place of pictures, none too large. Raises ApiError naming the argument.

    A value in a picture's place that isn't a picture stays, for its script to judge.
    """
    return tuple([await _read(call, state) for call in calls])


async def _read(call: ScriptCall, state: State) -> ScriptCall:
    places = state.hooks.pictures(call.name, call.args)
    if not places:
        return call
    args = copy.deepcopy(list(call.args))
    for path in places:
        field = ".".join(map(str, ("always_on", call.name.lower(), "args", *path)))
        value = _at(args, path)
        link = isinstance(value, str) and value.startswith(LINKS)
        read = state.images.read if link else state.images.read_text
        data = await read(value, field=field)
        if data is not None:
            _at(args, path[:-1])[path[-1]] = data
    return replace(call, args=tuple(args))


def _at(args: Any, path: Sequence[int | str]) -> Any:
    return reduce(lambda value, key: value[key], path, args)
