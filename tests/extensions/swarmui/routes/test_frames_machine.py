"""Whatever comes on a socket: errors are told, it ends as it should, and others go on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.extensions.swarmui.conftest import SwarmClient, frames_of

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
)
NAMES = (
    "images",
    "prompt",
    "steps",
    "seed",
    "width",
    "model",
    "loras",
    "initimage",
    "batchsize",
    "presets",
    "rawInput",
)
WISHES = st.dictionaries(st.sampled_from(NAMES), JSON | st.integers(0, 3), max_size=4)
KNOWN = frozenset(
    "error error_id status backend_status supported_features gen_progress image batch_index request_id "
    "metadata discard_indices warnings socket_intention keep_alive".split()
)


def encoded(message: Any) -> str:
    return json.dumps(message)


GARBAGE = st.text(max_size=40) | JSON.map(encoded)


@pytest.mark.parametrize("leaves", [False, True])
def test_any_frames(leaves: bool, client: SwarmClient) -> None:
    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(wishes=st.lists(WISHES, max_size=3), garbage=st.lists(GARBAGE, max_size=3), known=st.booleans())
    def run(wishes: list[dict[str, Any]], garbage: list[str], known: bool) -> None:
        with client.live() as socket:
            first = {"session_id": client.session} if known else {}
            socket.send_text(encoded({"images": 1, "width": 64, "height": 64, **first}))
            for text in [*map(encoded, wishes), *garbage]:
                socket.send_text(text)
            if leaves:
                socket.close()
                return
            frames = frames_of(socket)
        assert all(set(frame) <= KNOWN for frame in frames)
        assert all(isinstance(frame["error"], str) for frame in frames if "error" in frame)
        assert "internal_error" not in {frame.get("error_id") for frame in frames}
        if known:
            assert any("image" in frame for frame in frames)
            assert sum("error" in frame or "discard_indices" in frame for frame in frames) >= 1
        else:
            assert [frame["error_id"] for frame in frames] == ["basic_api"]

    run()
    assert client.draw()["images"]
