"""The document for bug reports over HTTP."""

from __future__ import annotations

from tests.sdapi.conftest import Server


def test_sysinfo_has_no_credentials(server: Server) -> None:
    answer = server.client.get("/internal/sysinfo")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("inline; filename=")
    document = answer.json()
    assert list(document)[:3] == ["Platform", "Python", "Version"]
    assert len(document["Checksum"]) == 64
    download = server.client.get("/internal/sysinfo-download")
    assert download.headers["content-disposition"].startswith("attachment")
