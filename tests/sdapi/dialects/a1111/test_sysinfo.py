"""The document for bug reports: checked by its own sum, without secrets."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from sdapi.dialects.a1111.sysinfo import PLACEHOLDER, describe_system
from tests.sdapi.states import make_state


def described(**flags: Any) -> dict[str, Any]:
    return json.loads(describe_system(make_state(flags=flags)))


def test_its_keys_are_the_originals() -> None:
    assert list(described()) == [
        *("Platform", "Python", "Version", "Commit", "Git status", "Script path", "Data path"),
        *("Extensions dir", "Checksum", "Commandline", "Torch env info", "Exceptions", "CPU", "RAM"),
        *("Extensions", "Inactive extensions", "Environment", "Config", "Startup", "Packages"),
    ]


def test_its_checksum_is_that_of_the_text_without_it() -> None:
    text = describe_system(make_state())
    found = json.loads(text)["Checksum"]
    assert text.startswith('{\n    "Platform"')
    assert hashlib.sha256(text.replace(found, PLACEHOLDER).encode()).hexdigest() == found


@pytest.mark.parametrize("flag", ["api_auth", "webhook_key", "gradio_auth", "ngrok"])
def test_secrets_are_masked(flag: str) -> None:
    line = described(**{flag: "user:secret"})["Commandline"]
    assert f"--{flag.replace('_', '-')}=***" in line
    assert "secret" not in str(line)


def test_the_command_line_has_what_was_given() -> None:
    line = described(listen=True, port=7860, no_half=False, cors_allow_origins="")["Commandline"]
    assert {"--listen=True", "--port=7860"} <= set(line)
    assert not any(word.startswith(("--no-half=", "--cors-allow-origins=")) for word in line)


def test_options_are_those_in_force() -> None:
    state = make_state(options={"jpeg_quality": 33})
    config = json.loads(describe_system(state))["Config"]
    assert (config["jpeg_quality"], config["samples_format"]) == (33, "png")
