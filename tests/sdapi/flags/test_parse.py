"""The command line: A1111's flags parse, show and behave as A1111's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sdapi.flags.parse import MASK, ROOT, complete_name, ineffective, make_parser, parse_flags, shown_flags
from sdapi.flags.table import A1111, TABLE


def shown(*words: str, **environment: str) -> dict[str, Any]:
    return shown_flags(vars(parse_flags(words, environment)))


def test_defaults_are_typed_as_the_original_answers_them() -> None:
    flags = shown()
    assert flags["listen"] is False
    assert flags["gradio_queue"] is True
    assert flags["port"] is None
    assert flags["timeout_keep_alive"] == 30
    assert flags["use_cpu"] == []
    assert flags["ngrok_options"] == {}
    assert flags["styles_file"] == [str(ROOT / "styles.csv")]
    assert flags["lora_dir"] == str(ROOT / "models" / "Lora")
    assert flags["data_dir"] == str(ROOT)


def test_numbers_without_default_are_shown_as_text() -> None:
    assert shown("--port", "7861")["port"] == "7861"
    assert shown("--filenames-max-length", "64")["filenames_max_length"] == 64


def test_answer_is_json_and_starts_with_the_flags_of_a1111_in_order() -> None:
    flags = json.loads(json.dumps(shown()))
    keys = list(flags)
    assert keys[:3] == ["f", "update_all_extensions", "skip_python_version_check"]
    assert keys[: len(A1111)] == [flag.key for flag in A1111]
    assert len(A1111) == 126


@pytest.mark.parametrize("flag", ["--api-auth", "--gradio-auth", "--ngrok"])
def test_secrets_are_masked(flag: str) -> None:
    flags = shown(flag, "user:secret")
    assert flags[flag[2:].replace("-", "_")] == MASK
    assert "secret" not in json.dumps(flags)


def test_values_of_ngrok_options_are_masked() -> None:
    assert shown("--ngrok-options", '{"authtoken": "abc"}')["ngrok_options"] == {"authtoken": MASK}


def test_commandline_args_are_appended() -> None:
    flags = parse_flags(["--port", "1"], {"COMMANDLINE_ARGS": "--port 2 --styles-file 'a b.csv'"})
    assert flags.port == 2
    assert flags.styles_file == [str(Path("a b.csv").resolve())]


def test_unknown_flag_aborts_unless_told_otherwise(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_flags(["--no-such-flag"], {})
    assert ended.value.code == 2
    assert "--no-such-flag" in capsys.readouterr().err
    assert parse_flags(["--no-such-flag", "--listen"], {"IGNORE_CMD_ARGS_ERRORS": "1"}).listen is True


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("--lyco-dir", "--lyco-dir-backcompat"),
        ("--dev", "--device-id"),
        ("--max-batch", "--max-batch-count"),
        ("--lis", "--listen"),
        ("--lora=x", "--lora-dir=x"),
        ("--max-st", "--max-steps"),
        ("--no-half", "--no-half"),
        ("--no", "--no"),
        ("value", "value"),
    ],
)
def test_prefixes(given: str, meant: str) -> None:
    assert complete_name(given) == meant


@pytest.mark.parametrize("flag", A1111, ids=lambda flag: flag.name)
def test_every_flag_of_a1111_parses(flag: Any) -> None:
    values = {
        "switch": [],
        "number": ["3"],
        "port": ["8888"],
        "mapping": ["{}"],
        "choice": [flag.choices[0]] if flag.choices else [],
    }
    words = [flag.name, *values.get(flag.kind, ["x"])]
    assert flag.key in vars(parse_flags(words, {}))


def test_data_dir_moves_what_lies_in_it(tmp_path: Path) -> None:
    flags = parse_flags(["--data-dir", str(tmp_path)], {})
    assert flags.embeddings_dir == str(tmp_path / "embeddings")
    assert flags.lora_dir == str(tmp_path / "models" / "Lora")
    assert flags.ui_settings_file == str(tmp_path / "config.json")
    assert flags.config == str(ROOT / "configs" / "v1-inference.yaml")


def test_models_dir_wins_over_data_dir(tmp_path: Path) -> None:
    flags = parse_flags(["--data-dir", "elsewhere", "--models-dir", str(tmp_path)], {})
    assert flags.esrgan_models_path == str(tmp_path / "ESRGAN")


def test_relative_paths_are_of_the_callers_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert parse_flags(["--models-dir", "m"], {}).models_dir == str(tmp_path / "m")


def test_flags_without_effect_are_named_once_given() -> None:
    lines = ineffective(parse_flags(["--xformers", "--share", "--listen"], {}))
    assert [line.split()[0] for line in lines] == ["--share", "--xformers"]
    assert ineffective(parse_flags(["--data-dir", "x", "--models-dir", "y"], {})) == []
    assert len(ineffective(parse_flags(["--ui-config-file", "x"], {}))) == 1


def test_names_are_unique_and_notes_are_short() -> None:
    assert len({flag.name for flag in TABLE}) == len(TABLE)
    assert all(flag.note and len(flag.note) < 90 for flag in TABLE)


def test_help_says_what_has_no_effect() -> None:
    text = " ".join(make_parser().format_help().split())
    assert "--share no effect" in text
    assert all(flag.name in text for flag in TABLE)


def test_flags_of_fooocus_api_may_have_underscores() -> None:
    assert parse_flags(["--webhook_url=http://a/b"], {}).webhook_url == "http://a/b"
    assert parse_flags(["--webhook-url", "http://a/b"], {}).webhook_url == "http://a/b"
