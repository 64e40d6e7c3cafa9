"""Weight files that packs fetch: once, whole, and from a source that is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import huggingface_hub
import pytest
import torch
from safetensors.torch import save_file

from extensions.invokeai.context.downloads import fetch_model, read_weights

URL = "https://example.org/files/net.safetensors?download=true"


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """URLs that a stand-in of the network was asked for.

    Paths with ``missing`` aren't there, those with ``moved`` are at ``URL``.
    """
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        if "moved" in request.url.path:
            return httpx.Response(302, headers={"location": URL})
        return httpx.Response(404 if "missing" in request.url.path else 200, content=b"weights")

    client = httpx.Client(transport=httpx.MockTransport(answer))

    def stream(method: str, url: str, **more: Any) -> Any:
        more.pop("timeout")
        return client.stream(method, url, **more)

    monkeypatch.setattr(httpx, "stream", stream)
    return asked


@pytest.fixture
def repositories(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """Repositories and patterns that a stand-in of the hub was asked for."""
    asked: list[tuple[str, Any]] = []

    def download(name: str, *, local_dir: Path, allow_patterns: Any) -> None:
        asked.append((name, allow_patterns))
        (local_dir / "inner").mkdir(parents=True)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    return asked


def test_a_url_is_fetched_once(tmp_path: Path, served: list[str]) -> None:
    cache = tmp_path / "not" / "yet"
    first = fetch_model(URL, cache)
    assert fetch_model(URL, cache) == first and served == [URL]
    assert (first.name, first.read_bytes()) == ("net.safetensors", b"weights")
    assert [path.name for path in first.parent.iterdir()] == ["net.safetensors"]


def test_a_file_that_moved_is_followed(tmp_path: Path, served: list[str]) -> None:
    place = fetch_model("https://example.org/moved.bin", tmp_path)
    assert (place.name, place.read_bytes(), served[-1]) == ("moved.bin", b"weights", URL)


def test_sources_of_one_name_do_not_meet(tmp_path: Path, served: list[str]) -> None:
    other = fetch_model("https://example.net/net.safetensors", tmp_path)
    assert fetch_model(URL, tmp_path) != other and len(served) == 2


def test_a_url_without_a_name_has_one(tmp_path: Path, served: list[str]) -> None:
    assert fetch_model("https://example.org", tmp_path).name == "model"


def test_a_failed_download_is_not_taken_for_a_file(tmp_path: Path, served: list[str]) -> None:
    url = "https://example.org/missing.bin"
    for _ in range(2):
        with pytest.raises(httpx.HTTPStatusError):
            fetch_model(url, tmp_path)
    assert served == [url, url]


def test_what_a_broken_download_left_is_fetched_anew(
    tmp_path: Path, served: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Path, target: Path) -> Path:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", broken)
        with pytest.raises(OSError, match="disk full"):
            fetch_model(URL, tmp_path)
    assert fetch_model(URL, tmp_path).read_bytes() == b"weights"
    assert len(served) == 2


@pytest.mark.parametrize(
    ("source", "inside", "patterns"),
    [
        ("owner/name", "name", None),
        ("owner/na-me.1:fp16", "na-me.1", None),
        ("owner/name:fp16:inner", "name/inner", ["inner/*"]),
        ("owner/name::inner", "name/inner", ["inner/*"]),
    ],
)
def test_a_repository_is_fetched_with_its_folder(
    source: str, inside: str, patterns: Any, tmp_path: Path, repositories: list[tuple[str, Any]]
) -> None:
    place = fetch_model(source, tmp_path)
    assert place.is_dir() and place.as_posix().endswith(f"/{inside}")
    assert repositories == [(source.partition(":")[0], patterns)]


@pytest.mark.parametrize("source", ["name", "a/b/c", "ftp://example.org/a", "/etc/passwd", "owner/", ""])
def test_other_sources_are_refused(source: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="neither a URL nor a repository"):
        fetch_model(source, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_weights_are_read_from_a_file_or_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import diffusers

    def from_pretrained(path: Path) -> str:
        return f"network in {path.name}"

    save_file({"weight": torch.ones(2)}, tmp_path / "a.safetensors")
    assert read_weights(tmp_path / "a.safetensors")["weight"].tolist() == [1.0, 1.0]
    monkeypatch.setattr(diffusers.AutoModel, "from_pretrained", from_pretrained)
    assert read_weights(tmp_path) == f"network in {tmp_path.name}"
