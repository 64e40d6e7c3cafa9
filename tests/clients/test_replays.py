"""Requests of real clients, word for word: each is answered with the values that its client reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.clients.checks import failures

PAYLOADS = sorted((Path(__file__).parent / "payloads").glob("*.json"))


@pytest.fixture(scope="module")
def names(server: httpx.Client, pictures: dict[str, str]) -> dict[str, str]:
    """The values that payloads name in angle brackets: pictures, and the checkpoint by each of its names."""
    model = server.get("/sdapi/v1/sd-models").json()[0]
    title: str = model["title"]
    known = {
        "title": title,
        "file": title.split(" [")[0],
        "name": model["model_name"],
        "sha256": model["sha256"],
    }
    listed = server.get("/controlnet/model_list")
    models: list[str] = listed.json()["model_list"] if listed.status_code == 200 else []
    return pictures | known | ({"control": models[0]} if models else {})


def filled(value: Any, names: dict[str, str]) -> Any:
    """A payload with what is in angle brackets put in."""
    if isinstance(value, dict):
        return {key: filled(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, names) for item in value]
    if isinstance(value, str) and "<" in value:
        for name, text in names.items():
            value = value.replace(f"<{name}>", text)
    return value


def content_of(exchange: dict[str, Any], names: dict[str, str], answers: list[Any]) -> bytes | None:
    """The bytes of a body; parts of it may come from an earlier answer."""
    if "raw" in exchange:
        return exchange["raw"].encode()
    if "body" not in exchange:
        return None
    if "image_from" in exchange:
        names = names | {"answer": answers[exchange["image_from"]]["images"][0]}
    body = filled(exchange["body"], names)
    if "body_from" in exchange:
        body = answers[exchange["body_from"]] | body
    return json.dumps(body).encode()


def send(server: httpx.Client, exchange: dict[str, Any], content: bytes | None) -> httpx.Response:
    method, _, target = exchange["request"].partition(" ")
    return server.request(
        method, target, headers=exchange["headers"], content=content, follow_redirects=False
    )


def judge(exchange: dict[str, Any], response: httpx.Response, names: dict[str, str]) -> list[str]:
    """Describe what is wrong with an answer."""
    wanted = exchange.get("status", 200)
    if response.status_code not in (wanted if isinstance(wanted, list) else [wanted]):
        return [f"status {wanted}, got {response.status_code}: {response.text[:500]}"]
    return [
        f"{exchange['request']} {problem}"
        for check in filled(exchange["checks"], names)
        for problem in failures(response.json(), check)
    ]


def test_there_are_enough_clients() -> None:
    assert len({json.loads(path.read_text("utf-8"))["client"] for path in PAYLOADS}) >= 20


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.stem)
def test_client_is_served(path: Path, server: httpx.Client, names: dict[str, str]) -> None:
    payload = json.loads(path.read_text("utf-8"))
    if lacking := set(payload.get("needs", ())) - set(names):
        pytest.skip(f"the server lacks {sorted(lacking)}")
    answers: list[Any] = []
    problems: list[str] = []
    for exchange in payload["exchanges"]:
        response = send(server, exchange, content_of(exchange, names, answers))
        problems += judge(exchange, response, names)
        is_json = response.headers.get("content-type", "").startswith("application/json")
        answers.append(response.json() if is_json else None)
    assert problems == []
