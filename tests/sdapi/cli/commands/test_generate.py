"""generate: files by their suffix, one or several; without an engine."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import cast

import pytest

from pipelines.contract.requests import GenerationRequest, Seeds
from pipelines.contract.results import GenerationResult
from pipelines.contract.settings import EngineSettings
from sdapi.cli.commands import generate
from sdapi.cli.commands.generate import FORMATS, main, make_parser, write_images
from sdapi.options.coerce import CHOICES


def test_one_picture_has_the_name_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_images((b"a",), tmp_path / "new" / "out.png")
    assert (tmp_path / "new" / "out.png").read_bytes() == b"a"
    assert capsys.readouterr().out == f"{tmp_path / 'new' / 'out.png'}\n"


def test_several_are_numbered(tmp_path: Path) -> None:
    write_images((b"a", b"b"), tmp_path / "my.out.png")
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert written == {"my.out-0.png": b"a", "my.out-1.png": b"b"}


@pytest.mark.parametrize("name", ["out.tiff", "out", "png"])
def test_an_unknown_suffix_is_refused(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["x", "-o", name])
    assert ended.value.code == 2
    assert "--output" in capsys.readouterr().err


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[GenerationRequest]:
    """Note the requests that an engine is given, in place of running it; each makes two pictures."""
    noted: list[GenerationRequest] = []

    class FakeEngine:
        def __init__(self, settings: EngineSettings) -> None: ...

        def run(self, request: GenerationRequest, on_progress: object) -> GenerationResult:
            noted.append(request)
            return GenerationResult(images=(b"a", b"b"), info={}, warnings=("replaced",))

    monkeypatch.setitem(sys.modules, "pipelines.engine.engine", cast("ModuleType", FakeModule(FakeEngine)))
    return noted


class FakeModule:
    def __init__(self, engine: type) -> None:
        self.Engine = engine


def test_pictures_are_written_and_warnings_told(
    drawn: list[GenerationRequest],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def request(chosen: object, settings: object, prompt: str, image_format: str) -> GenerationRequest:
        seeds = Seeds(seed=1, subseed=1)
        return GenerationRequest(prompt=f"{prompt} as {image_format}", seeds=seeds, checkpoint="x")

    monkeypatch.setattr(generate, "drawing_request", request)
    assert main(["a cat", "-o", str(tmp_path / "x.JPEG"), "--data-dir", str(tmp_path)]) == 0
    assert [one.prompt for one in drawn] == ["a cat as jpg"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x-0.JPEG", "x-1.JPEG"]
    assert "warning: replaced" in capsys.readouterr().err


def test_a_missing_checkpoint_is_said(
    drawn: list[GenerationRequest], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["x", "-o", str(tmp_path / "x.PNG"), "--data-dir", str(tmp_path)]) == 1
    assert "generate: there is no checkpoint" in capsys.readouterr().err
    assert (drawn, list(tmp_path.iterdir())) == ([], [])


def test_formats_are_those_of_the_server() -> None:
    assert set(FORMATS.values()) <= CHOICES["samples_format"]


def test_flags_of_the_server_are_left_over() -> None:
    chosen, rest = make_parser().parse_known_args(["a cat", "--steps", "3", "--use-cpu", "all"])
    assert (chosen.prompt, chosen.steps, str(chosen.output), rest) == (
        "a cat",
        3,
        "out.png",
        ["--use-cpu", "all"],
    )
