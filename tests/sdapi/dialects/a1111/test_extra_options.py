"""Arguments of the script "Extra options" set the options that the server shows."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.scripting.script_file import Script, Scripts
from sdapi.dialects.a1111.extra_options import TITLE, ExtraOptions, extra_options
from sdapi.intent.intent import ScriptIntent
from sdapi.options.store import OptionStore

SCRIPTS = Scripts(items=(Script(title=TITLE, always_on=True), Script(title="Seed", always_on=True)))


def read(*args: Any, title: str = TITLE, is_img2img: bool = False) -> ExtraOptions:
    store = OptionStore()
    store.apply({"extra_options_txt2img": ["tiling", "eta_ddim"], "extra_options_img2img": ["eta_ddim"]})
    wanted = (ScriptIntent(name="Seed", args=(1,)), ScriptIntent(name=title, args=args))
    return extra_options(wanted, SCRIPTS, store, is_img2img=is_img2img)


def test_values_go_by_place() -> None:
    assert read(True, 0.5) == ExtraOptions(overrides={"tiling": True, "eta_ddim": 0.5})


def test_null_leaves_an_option() -> None:
    assert read(None, 0.5).overrides == {"eta_ddim": 0.5}
    assert read(None).overrides == {}


def test_fewer_values_are_enough() -> None:
    assert read(False) == ExtraOptions(overrides={"tiling": False})


@pytest.mark.parametrize(("args", "surplus"), [((True, 0.5, 1), 1), ((True, 0.5, None, None), 2)])
def test_surplus_values_are_counted(args: tuple[Any, ...], surplus: int) -> None:
    found = read(*args)
    assert found.overrides == {"tiling": True, "eta_ddim": 0.5}
    (warning,) = found.warnings
    assert warning.startswith(f"alwayson_scripts.{TITLE}.args: {surplus} values are ignored")


def test_img2img_has_its_own_list() -> None:
    found = read(0.25, "more", is_img2img=True)
    assert found.overrides == {"eta_ddim": 0.25}
    assert len(found.warnings) == 1


def test_titles_ignore_letter_case() -> None:
    assert read(True, title="EXTRA options").overrides == {"tiling": True}
    assert read(True, title="other") == ExtraOptions()


def test_a_server_without_a_list_has_none() -> None:
    wanted = (ScriptIntent(name=TITLE, args=(1,)),)
    found = extra_options(wanted, SCRIPTS, OptionStore(), is_img2img=False)
    assert (found.overrides, len(found.warnings)) == ({}, 1)
