"""The comparison of two servers: the requests to each, and the ratios of their times."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from tools import compare_a1111
from tools.compare_a1111 import Pair, main

LISTS = {
    "/sdapi/v1/loras": [{"name": "one"}, {"name": "two"}],
    "/sdapi/v1/sd-models": [{"model_name": "small"}, {"model_name": "bigXL"}],
}


class Server:
    """Answers everything but what it refuses; ``order`` is shared by all."""

    def __init__(self, name: str, order: list[tuple[str, dict[str, object]]], refused: str = "") -> None:
        self.name, self.order, self.refused = name, order, refused

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            rows = LISTS[request.url.path]
            return httpx.Response(200, json=rows if self.name == "a" else rows[::-1])
        body = json.loads(request.content)
        self.order.append((self.name, body))
        refused = self.refused and body["sampler_name"] == self.refused
        return httpx.Response(500, text="no such sampler") if refused else httpx.Response(200, json={})


@pytest.fixture
def order(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, object]]]:
    sent: list[tuple[str, dict[str, object]]] = []
    servers = {"http://a": Server("a", sent), "http://b": Server("b", sent, refused="UniPC")}

    def client(url: str) -> httpx.Client:
        return httpx.Client(base_url=url, transport=httpx.MockTransport(servers[url]))

    monkeypatch.setattr(compare_a1111, "client", client)
    return sent


def test_ratios_are_made_round_by_round() -> None:
    pair = Pair(name="plain", a=(1.0, 9.0, 3.0), b=(2.0, 3.0, 3.0))
    assert pair.ratios == (0.5, 3.0, 1.0)
    assert pair.line().split() == ["plain", "3.000", "3.000", "1.00", "(0.50-3.00)"]


def test_both_get_the_same_in_turn(order: list[tuple[str, dict[str, object]]], tmp_path: Path) -> None:
    saved = tmp_path / "report.json"
    assert (
        main(["http://a", "http://b", "--rounds", "2", "--only", "plain", "another", "--save", str(saved)])
        == 0
    )
    assert [body for name, body in order if name == "a"] == [body for name, body in order if name == "b"]
    assert [name for name, _ in order[:6]] == ["a", "b"] * 3
    assert [body["seed"] for _, body in order[:6]] == [1, 1, 2, 2, 3, 3]
    changes = [str(body["prompt"]).rpartition("<")[2] for name, body in order[6:14] if name == "a"]
    assert changes == ["lora:one:1>", "lora:two:1>"] * 2
    pairs = json.loads(saved.read_text())["pairs"]
    assert list(pairs) == ["plain", "another LoRA for every picture"]
    assert len(pairs["plain"]["a"]) == len(pairs["plain"]["b"]) == 2


def test_every_kind_is_compared_and_what_is_refused_is_said(
    order: list[tuple[str, dict[str, object]]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["http://a", "http://b", "--rounds", "1", "--side", "256"]) == 0
    printed, errors = capsys.readouterr()
    for name in (
        "size 128",
        "size 384",
        "DDIM",
        "batch 4",
        "hires",
        "LoRA",
        "SDXL",
        "a change of checkpoint",
    ):
        assert name in printed
    assert "UniPC" not in printed
    assert "sampler UniPC" in errors and "http://b answered 500: no such sampler" in errors
    large = [body for _, body in order if body["width"] == 512]
    assert {str(body["override_settings"]) for body in large} == {"{'sd_model_checkpoint': 'bigXL'}"}
