"""Look-ups of training routes: names of files, templates, checkpoints, seeds, previews."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from pipelines.contract.errors import InvalidRequest, MissingWeights
from sdapi.intent.intent import Intent
from sdapi.intent.training import (
    LONGEST_NAME,
    MOST_LINES,
    chosen_checkpoint,
    files_in,
    find_template,
    flag_folder,
    plain_name,
    preview_of,
    run_seed,
    template_lines,
)
from tests.sdapi.fakes import OTHER, TINY, FakeCatalog
from tests.sdapi.states import make_state


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("my-name_1.5 b", "my-name_1.5 b"),
        ("../a/b\\c:d", "..abcd"),
        ("größe 猫", "größe 猫"),
        ("a\0b\n", "ab"),
        ("x" * LONGEST_NAME, "x" * LONGEST_NAME),
    ],
)
def test_a_name_keeps_letters_digits_and_few_marks(sent: str, kept: str) -> None:
    assert plain_name(sent, field="name") == kept


@pytest.mark.parametrize("sent", ["", " ", "..", "/?", ". ."])
def test_a_name_of_nothing_is_refused_in_the_originals_words(sent: str) -> None:
    with pytest.raises(InvalidRequest, match="Name cannot be empty!") as refused:
        plain_name(sent, field="name")
    assert refused.value.field == "name"


@pytest.mark.parametrize("sent", ["x" * (LONGEST_NAME + 1), "ü" * (LONGEST_NAME // 2 + 1)])
def test_a_names_bytes_are_bounded(sent: str) -> None:
    with pytest.raises(InvalidRequest, match=f"{LONGEST_NAME} bytes"):
        plain_name(sent, field="name")


def test_the_servers_checkpoint_is_trained_with() -> None:
    state = make_state()
    assert chosen_checkpoint(state) == OTHER
    assert chosen_checkpoint(state, "tiny-sd1") == TINY


def test_an_unknown_checkpoint_is_not_replaced() -> None:
    with pytest.raises(InvalidRequest, match="no checkpoint is called 'gone'") as refused:
        chosen_checkpoint(make_state(), "gone")
    assert refused.value.field == "checkpoint"
    with pytest.raises(MissingWeights):
        chosen_checkpoint(make_state(catalog=FakeCatalog(items=())))


def test_a_flags_folder_comes_before_the_data_folders(tmp_path: Path) -> None:
    state = make_state(tmp_path, flags={"lora_dir": "/weights/Lora"})
    assert flag_folder(state, "lora_dir", "models/Lora") == Path("/weights/Lora")
    assert flag_folder(make_state(tmp_path), "lora_dir", "models/Lora") == tmp_path / "models" / "Lora"


def test_templates_of_the_flag_come_first(tmp_path: Path) -> None:
    named, own = tmp_path / "named", tmp_path / "data" / "textual_inversion_templates"
    for folder in (named, own):
        folder.mkdir(parents=True)
        (folder / "both.txt").touch()
    (own / "own.txt").touch()
    state = make_state(tmp_path / "data", flags={"textual_inversion_templates_dir": str(named)})
    assert find_template(state, "both.txt") == named / "both.txt"
    assert find_template(state, "own.txt") == own / "own.txt"
    assert (found := find_template(state, "subject.txt")) is not None
    assert found.is_file() and found.parent.name == "templates"


@pytest.mark.parametrize("name", ["", "gone.txt", "../secret.txt", "a/b.txt", "a\0.txt", "..", "folder"])
def test_other_names_are_no_templates(name: str, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").touch()
    (tmp_path / "textual_inversion_templates" / "folder").mkdir(parents=True)
    assert find_template(make_state(tmp_path), name) is None


def test_a_templates_lines_are_stripped(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(" a photo of [name] \n\n[filewords]", encoding="utf-8")
    assert template_lines(file, field="template") == ("a photo of [name]", "", "[filewords]")
    file.write_text("x\n" * MOST_LINES)
    assert len(template_lines(file, field="template")) == MOST_LINES


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"x\n" * (MOST_LINES + 1)])
def test_a_file_of_another_kind_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    with pytest.raises(InvalidRequest) as refused:
        template_lines(tmp_path / "a.txt", field="template")
    assert refused.value.field == "template"


def test_only_files_are_counted(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for name in ("a", "b"):
        (tmp_path / name).touch()
    assert files_in(tmp_path) == 2
    assert files_in(tmp_path / "gone") == 0
    assert files_in(tmp_path / "a") == 0


def test_a_preview_is_a_png_that_is_not_saved() -> None:
    async def asked() -> None:
        state = make_state(options={"samples_format": "webp", "return_grid": True})
        intent = Intent(prompt="x", batch_size=2, save_images=True, send_images=False)
        preview = await preview_of(intent, state, prompt_from_picture=False)
        request = preview.request
        assert (preview.prompt_from_picture, request.prompt, request.batch_size) == (False, "x", 2)
        assert (request.response_format, request.output.samples_format) == ("png", "png")
        assert (request.save_images, request.send_images, request.output.return_grid) == (False, True, False)

    anyio.run(asked)


def test_a_runs_seed_is_the_clients_or_drawn() -> None:
    assert run_seed(0) == 0
    drawn = {run_seed(None) for _ in range(8)}
    assert len(drawn) > 1
    assert all(0 <= seed < 2**32 for seed in drawn)
