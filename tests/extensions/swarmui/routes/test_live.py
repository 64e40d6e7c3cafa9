"""GenerateText2ImageWS: the order of frames, further requests, interrupts, clients that leave."""

from __future__ import annotations

import time
from typing import Any

import pytest

from extensions.swarmui.routes import live
from pipelines.contract.errors import InvalidRequest
from tests.extensions.swarmui.conftest import MakeClient, SwarmClient, frames_of

ZERO = dict.fromkeys(("waiting_gens", "loading_models", "waiting_backends", "live_gens"), 0)


def kinds(frames: list[dict[str, Any]]) -> list[str]:
    names = ("error", "gen_progress", "image", "discard_indices", "socket_intention", "keep_alive", "status")
    return [next(name for name in names if name in frame) for frame in frames]


def until(client: SwarmClient, **counts: int) -> None:
    """Wait for the status of the client's session."""
    for _ in range(1000):
        found = client.ask("GetCurrentStatus")["status"]
        if all(found[name] == count for name, count in counts.items()):
            return
        time.sleep(0.005)
    pytest.fail(f"the status never came to {counts}: {found}")  # pyright: ignore[reportPossiblyUnboundVariable]


def test_a_request_from_beginning_to_end(client: SwarmClient) -> None:
    with client.live() as socket:
        socket.send_json(client.wish(images=2, seed=5))
        frames = frames_of(socket)
    order = kinds(frames)
    assert (order[0], order[-2:]) == ("status", ["socket_intention", "status"])
    assert frames[-2] == {"socket_intention": "close"}
    assert frames[-1]["status"] == ZERO
    assert set(frames[-1]) == {"status", "backend_status", "supported_features"}
    assert order.index("gen_progress") < order.index("image") < order.index("discard_indices")
    images = [frame for frame in frames if "image" in frame]
    assert sorted(frame["batch_index"] for frame in images) == ["0", "1"]
    assert all(frame["image"].startswith("View/local/") for frame in images)
    assert [frame["discard_indices"] for frame in frames if "discard_indices" in frame] == [[]]
    progress = [frame["gen_progress"] for frame in frames if "gen_progress" in frame]
    assert all(0 <= p[share] <= 1 for p in progress for share in ("overall_percent", "current_percent"))
    assert {p["batch_index"] for p in progress} == {"0", "1"}
    assert progress[0]["preview"].startswith("data:image/png;base64,")
    assert "is_preview" in progress[0]["metadata"]


@pytest.mark.parametrize(
    ("query", "body", "nested"),
    [
        ("", {}, False),
        ("?image_frame=nested", {}, True),
        ("", {"rawInput": {"steps": 2}}, True),
        ("", {"rawInput": None}, False),
    ],
)
def test_the_form_of_the_picture_frame(
    query: str, body: dict[str, Any], nested: bool, client: SwarmClient
) -> None:
    with client.http.websocket_connect(f"/api/generatetext2imagews{query}") as socket:
        socket.send_json(client.wish(**body))
        (frame,) = [frame for frame in frames_of(socket) if "image" in frame]
    told = frame["image"] if nested else frame
    assert isinstance(told["image"], str)
    assert (told["batch_index"], isinstance(told["metadata"], str)) == ("0", True)


def test_further_requests_count_on(client: SwarmClient) -> None:
    with client.live() as socket:
        socket.send_json(client.wish(images=2))
        socket.send_json(client.wish(images=1, batchsize=2, session_id=None))
        frames = frames_of(socket)
    images = sorted(frame["batch_index"] for frame in frames if "image" in frame)
    assert images == ["0", "1", "2", "3"]
    assert kinds(frames).count("discard_indices") == 2
    assert len({frame["request_id"] for frame in frames if "image" in frame}) == 2


def test_a_request_in_the_farewell_keeps_it_open(
    client: SwarmClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "FAREWELL", 5.0)
    with client.live() as socket:
        socket.send_json(client.wish())
        while "socket_intention" not in socket.receive_json():
            pass
        monkeypatch.setattr(live, "FAREWELL", 0.02)
        socket.send_json(client.wish())
        assert "image" in kinds(frames_of(socket))


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ('{"session_id": "x", "images": 1}', "invalid_session_id"),
        ('{"images": 1}', "basic_api"),
        ("[]", "basic_api"),
        ("{", "basic_api"),
        ("", "basic_api"),
    ],
)
def test_a_bad_first_message_is_told_and_ends_it(message: str, told: str, client: SwarmClient) -> None:
    with client.live() as socket:
        socket.send_text(message)
        (frame,) = frames_of(socket)
    assert (frame["error_id"], isinstance(frame["error"], str)) == (told, True)


def test_a_bad_parameter_is_told_and_others_go_on(client: SwarmClient) -> None:
    client.jobs.held = True
    with client.live() as socket:
        socket.send_json(client.wish())
        while "gen_progress" not in socket.receive_json():
            pass
        for bad in (client.wish(steps=9999), client.wish(images=None), 7, []):
            socket.send_json(bad)
        errors = [frame for frame in (socket.receive_json() for _ in range(4)) if "error" in frame]
        client.jobs.held = False
        rest = frames_of(socket)
    errors += [frame for frame in rest if "error" in frame]
    assert len(errors) == 4
    assert kinds(rest).count("image") == 1
    assert "error_id" not in errors[0]
    with client.live() as socket:
        socket.send_json(client.wish(steps=9999))
        assert kinds(frames_of(socket)) == ["status", "error", "socket_intention", "status"]


def test_an_error_of_the_engine_ends_its_request_alone(client: SwarmClient) -> None:
    client.jobs.failure = InvalidRequest("it failed")
    with client.live() as socket:
        socket.send_json(client.wish(images=3))
        frames = frames_of(socket)
    assert kinds(frames).count("error") == 1
    assert kinds(frames)[-3:] == ["discard_indices", "socket_intention", "status"]


def test_an_interrupt_stops_its_own_session_only(client: SwarmClient) -> None:
    other = SwarmClient(client.http, client.jobs, client.data)
    other.new_session()
    client.jobs.held = True
    client.jobs.room = 2
    with client.live() as mine, other.live() as theirs:
        mine.send_json(client.wish(images=5))
        until(client, waiting_gens=5, live_gens=2)
        theirs.send_json(other.wish())
        until(other, waiting_gens=1)
        assert client.ask("InterruptAll") == {"success": True}
        frames = frames_of(mine)
        client.jobs.held = False
        assert "image" in kinds(frames_of(theirs))
    errors = [frame["error"] for frame in frames if "error" in frame]
    assert errors == ["Generation session interrupted."]
    assert kinds(frames)[-3:] == ["discard_indices", "socket_intention", "status"]
    until(client, **ZERO)


def test_an_interrupt_can_be_for_all_sessions_of_the_caller(client: SwarmClient) -> None:
    other = SwarmClient(client.http, client.jobs, client.data)
    other.new_session()
    client.jobs.held = True
    with other.live() as socket:
        socket.send_json(other.wish())
        until(other, waiting_gens=1)
        client.ask("InterruptAll", other_sessions=True)
        assert "error" in kinds(frames_of(socket))


def test_who_leaves_lets_what_runs_go_on_and_drops_the_rest(client: SwarmClient) -> None:
    client.jobs.held = True
    with client.live() as socket:
        socket.send_json(client.wish(images=10))
        until(client, waiting_gens=10, live_gens=1)
        socket.close()
        until(client, waiting_backends=0)
        client.jobs.held = False
        until(client, **ZERO)
    assert len(client.files()) == 1
    assert len(client.jobs.gone) == 3


def test_who_leaves_unsaved_pictures_lets_them_go(client: SwarmClient) -> None:
    client.jobs.held = True
    with client.live() as socket:
        socket.send_json(client.wish(images=2, donotsave=True))
        until(client, live_gens=1)
        socket.close()
        until(client, **ZERO)
    assert len(client.jobs.gone) == 2


def test_no_previews_where_none_are_wanted(client: SwarmClient) -> None:
    with client.live() as socket:
        socket.send_json(client.wish(nopreviews=True))
        frames_of(socket)
    assert client.jobs.generation.output.live_previews_enable is False


def test_silence_is_broken_and_ends(make_client: MakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "KEEP_ALIVE", 0.01)
    monkeypatch.setattr(live, "FIRST_SECONDS", 0.02)
    client = make_client()
    client.jobs.held = True
    with client.live() as socket:
        socket.send_json(client.wish())
        while "keep_alive" not in socket.receive_json():
            pass
        client.jobs.held = False
        frames_of(socket)
    with client.live() as socket:
        assert frames_of(socket) == []
