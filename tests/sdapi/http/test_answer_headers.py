"""Every answer says what it is, and no page loads anything of other hosts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.sdapi.conftest import MakeServer, Server
from tests.sdapi.fakes import png

HTML = {"Accept": "text/html"}
PAGES = ["/", "/docs"]


def policy_of(text: str) -> dict[str, str]:
    """Directives of a content security policy."""
    pairs = [part.strip().partition(" ") for part in text.split(";")]
    return {name: value for name, _, value in pairs}


@pytest.mark.parametrize("path", PAGES)
def test_pages_run_their_own_files_only(path: str, server: Server) -> None:
    headers = server.client.get(path, headers=HTML).headers
    policy = policy_of(headers["content-security-policy"])
    assert headers["content-type"].startswith("text/html")
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"


@pytest.mark.parametrize(
    "path", ["/sdapi/v1/samplers", "/nope", "/robots.txt", "/static/page.js", "/docs", "/"]
)
def test_every_answer_is_what_it_says(path: str, server: Server) -> None:
    headers = server.client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "default-src 'none'" in headers["content-security-policy"]


def test_files_and_pictures_are_sandboxed(server: Server) -> None:
    folder = server.data / "outputs"
    folder.mkdir()
    (folder / "a.txt").write_text("<script>alert(1)</script>")
    (folder / "a.png").write_bytes(png())
    for name in ("a.txt", "a.png"):
        answer = server.client.get(f"/file={folder / name}")
        assert answer.status_code == 200
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in policy_of(answer.headers["content-security-policy"])


def test_pictures_may_be_shown_where_cors_allows_it(make_server: MakeServer) -> None:
    answer = make_server(cors_allow_origins="http://a.example").client.get("/sdapi/v1/samplers")
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"


@pytest.mark.parametrize("subpath", ["", "sd", "/a/b/"])
@pytest.mark.parametrize("path", PAGES)
def test_pages_carry_their_files(path: str, subpath: str, make_server: MakeServer) -> None:
    client = make_server(subpath=subpath).client
    prefix = f"/{subpath.strip('/')}".rstrip("/")
    text = client.get(prefix + path, headers=HTML).text
    links = re.findall(r'(?:src|href|data-document)="([^"]+)"', text)
    files = [link for link in links if not link.startswith("data:")]
    assert len(files) >= 3
    for link in files:
        assert "//" not in link
        assert client.get(link if link.startswith("/") else f"{prefix}/{link}").status_code == 200


def test_the_second_page_of_documentation_is_the_first(make_server: MakeServer) -> None:
    answer = make_server(subpath="sd").client.get("/redoc")
    assert (answer.status_code, answer.headers["location"]) == (307, "/sd/docs")


def test_the_documentation_asks_no_other_host(root: Path) -> None:
    script = (root / "sdapi" / "static" / "docs.js").read_text()
    assert "validatorUrl: null" in script
    style = (root / "sdapi" / "static" / "swagger" / "swagger-ui.css").read_text()
    assert re.findall(r"""url\(["']?(?!["']?data:)[^)]+\)|@import""", style) == []
