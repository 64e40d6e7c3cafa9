"""schemathesis, the tool itself with its default checks, finds nothing in any route that isn't explained."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.running import running
from tests.sdapi.openapi.findings import Finding, read_findings
from tests.sdapi.openapi.looseness import reason

HOOK = "tests.sdapi.openapi.pictures_hook"


@pytest.fixture(scope="module")
def server(root: Path, models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Every route, extensions' included, before an engine that answers at once."""
    data = tmp_path_factory.mktemp("data")
    with running(root, models_dir, data, threads=1, module="tests.sdapi.instant_server") as client:
        yield client


def find(server: httpx.Client, root: Path, folder: Path, *options: str) -> list[Finding]:
    """Run the tool; its findings."""
    report = folder / "report.ndjson"
    command = [str(Path(sys.executable).with_name("schemathesis")), "run", f"{server.base_url}/openapi.json"]
    command += ["--report", "ndjson", "--report-ndjson-path", str(report), "--output-sanitize", "false"]
    session = server.post("/API/GetNewSession", json={}).json()["session_id"]
    command += ["--header", f"X-Session-ID: {session}"]
    command += ["--continue-on-failure", "--no-shrink", "--generation-database", "none", *options]
    environment = {**os.environ, "PYTHONPATH": str(root), "SCHEMATHESIS_HOOKS": HOOK, "NO_COLOR": "1"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=900, check=False
    )
    assert report.is_file() and done.returncode in (0, 1), done.stdout[-3000:] + done.stderr[-3000:]
    assert "errored" not in done.stdout.partition("Test cases:")[2], done.stdout[-6000:]
    return read_findings(report)


def faults(findings: list[Finding], server: httpx.Client) -> str:
    """Findings that no reason explains, as text."""
    document = server.get("/openapi.json").json()
    return "\n\n".join(sorted({str(f) for f in findings if reason(f, document) is None}))


@pytest.mark.slow
def test_the_document_tells_the_truth(server: httpx.Client, root: Path, tmp_path: Path) -> None:
    found = find(server, root, tmp_path, "--seed", "1", "--max-examples", "1", "--phases", "fuzzing,stateful")
    assert faults(found, server) == ""


@pytest.mark.slow
@pytest.mark.parametrize("seed", ["1", "2"])
def test_many_examples_find_no_lie(server: httpx.Client, root: Path, tmp_path: Path, seed: str) -> None:
    found = find(server, root, tmp_path, "--seed", seed, "--max-examples", "30")
    assert faults(found, server) == ""
