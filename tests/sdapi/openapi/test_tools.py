"""Linters find no error in the document, and a client generated from it compiles in strict mode."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

SOURCES = Path(__file__).parent / "typescript"
INSTALL = "npm install --no-package-lock --no-audit --no-fund --ignore-scripts --loglevel=error".split()
SPECTRAL = 'extends: ["spectral:oas"]\n'
STRICT = "--noEmit --strict --target es2022 --module esnext --moduleResolution bundler".split()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (shutil.which("npm") and shutil.which("node")), reason="npm is not installed"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, document: dict[str, Any]) -> Path:
    """A folder with the packages, the document and the client."""
    place = tmp_path_factory.mktemp("npm") / "typescript"
    shutil.copytree(SOURCES, place)
    (place / "openapi.json").write_text(json.dumps(document))
    (place / ".spectral.yaml").write_text(SPECTRAL)
    try:
        done = subprocess.run(INSTALL, cwd=place, capture_output=True, text=True, timeout=300, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("npm install took more than five minutes")
    if done.returncode != 0:
        pytest.skip(f"npm's registry can't be reached: {done.stderr[-500:]}")
    return place


def run(folder: Path, program: str, *words: str) -> None:
    """Run an installed program; it must end well."""
    command = [str(folder / "node_modules" / ".bin" / program), *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]


def test_redocly_finds_no_error(folder: Path) -> None:
    run(folder, "redocly", "lint", "openapi.json")


def test_spectral_finds_no_error(folder: Path) -> None:
    run(folder, "spectral", "lint", "openapi.json", "--fail-severity", "error")


def test_a_typed_client_compiles(folder: Path) -> None:
    """Fields with a default may be left out, as A1111's document has them."""
    run(folder, "openapi-typescript", "openapi.json", "--default-non-nullable", "false", "-o", "schema.ts")
    run(folder, "tsc", *STRICT, "client.ts")
