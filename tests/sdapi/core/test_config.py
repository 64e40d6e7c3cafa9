"""Flags become the settings of the HTTP layer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.contract.limits import WorkLimits
from sdapi.core.config import ApiConfig, WebhookPolicy, wanted_extensions, work_limits
from sdapi.http.access.auth import User
from sdapi.http.access.cors import Cors
from sdapi.http.limits import USUAL_LIMITS
from sdapi.options.freeze import Freeze


def of(**flags: Any) -> ApiConfig:
    return ApiConfig.from_flags({"data_dir": "/data", **flags})


def test_absent_flags_keep_the_defaults() -> None:
    config = of()
    assert (config.users, config.keys, config.cors, config.freeze) == ((), None, Cors(), Freeze())
    assert (config.limits, config.subpath) == (USUAL_LIMITS, "")
    assert (config.log_requests, config.server_stop, config.end_with_connection) == (False, False, False)


def test_files_lie_in_the_data_folder() -> None:
    config = of()
    assert (config.data, config.settings_file) == (Path("/data"), Path("/data/config.json"))
    assert config.styles == ("/data/styles.csv",)
    assert config.scripts[1:] == (Path("/data/scripts"),)
    assert config.webhooks.file == Path("/data/webhooks.json")


def test_files_may_be_named() -> None:
    config = of(ui_settings_file="/other/x.json", styles_file=["/a.csv", "/b*.csv"], api_keys="/keys.json")
    assert config.settings_file == Path("/other/x.json")
    assert (config.styles, config.keys) == (("/a.csv", "/b*.csv"), Path("/keys.json"))


@pytest.mark.parametrize(
    ("sent", "subpath"), [("sd", "/sd"), ("/sd/", "/sd"), ("/a/b", "/a/b"), ("/", ""), ("", ""), (None, "")]
)
def test_a_prefix_has_one_slash_in_front(sent: str | None, subpath: str) -> None:
    assert of(subpath=sent).subpath == subpath


def test_lists_are_split_at_commas() -> None:
    config = of(
        cors_allow_origins="http://a, http://b,,",
        cors_allow_origins_regex="http://.*",
        freeze_settings_in_sections="saving-images, sd",
        freeze_specific_settings="jpeg_quality,",
        hide_ui_dir_config=True,
        api_auth="u:p, v:q",
    )
    assert config.cors == Cors(origins=("http://a", "http://b"), regex="http://.*")
    assert config.freeze == Freeze(
        sections=frozenset({"saving-images", "sd"}), keys=frozenset({"jpeg_quality"}), directories=True
    )
    assert config.users == (User(name="u", password="p"), User(name="v", password="q"))


def test_limits_are_flags_and_0_is_the_default() -> None:
    limits = of(max_steps=20, max_n_iter=0, max_body_bytes=100, max_image_pixels=64, ram_budget=512).limits
    assert (limits.steps, limits.batch_count) == (20, USUAL_LIMITS.batch_count)
    assert (limits.body_bytes, limits.image_pixels, limits.ram, limits.vram) == (100, 64, 512, None)


def test_engines_get_the_limits_of_work_alone() -> None:
    flags = {"max_steps": 20, "max_pixels": 4096, "max_body_bytes": 100}
    assert work_limits(flags) == WorkLimits(steps=20, pixels=4096)


@pytest.mark.parametrize(
    ("flags", "full"),
    [
        ({}, False),
        ({"no_half": True}, True),
        ({"precision": "full"}, True),
        ({"precision": "half"}, False),
        ({"no_half_vae": True}, False),
    ],
)
def test_full_precision_has_two_flags(flags: dict[str, Any], full: bool) -> None:
    assert of(**flags).limits.full_precision is full


def test_webhooks_need_a_key_and_hide_it() -> None:
    policy = of(webhook_key="secret", webhook_local=True, db=":memory:").webhooks
    assert policy == WebhookPolicy(secret="secret", public_only=False, file=None)
    assert "secret" not in repr(policy)
    assert (of().webhooks.secret, of().webhooks.public_only) == ("", True)


def test_extensions_are_left_out_by_flags() -> None:
    assert wanted_extensions(("a", "b"), {"no_a": True, "no_b": False}) == ("b",)
    assert of(disable_all_extensions=True).extensions == ()
    assert "fooocus" in of().extensions
    assert "fooocus" not in of(no_fooocus=True).extensions


def test_folders_of_flags_may_be_read_and_written(tmp_path: Path) -> None:
    models, out = tmp_path / "m", tmp_path / "o"
    places = of(models_dir=str(models), allow_outdir=[str(out)]).places
    assert places.output_folder(str(out / "x")) == out / "x"
    assert places.readable_place(str(models / "x.pt")) == models / "x.pt"
