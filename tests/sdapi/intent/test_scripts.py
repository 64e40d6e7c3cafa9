"""Script titles and arguments against the scripts that exist."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import GenerationRequest, ScriptCall
from pipelines.contract.results import GenerationResult
from pipelines.scripting.script_file import Names, Script, ScriptArgument, ScriptContext, Scripts
from sdapi.http.errors import ApiError
from sdapi.intent.intent import Intent, ScriptIntent, StartIntent
from sdapi.intent.scripts import ResolvedScripts, listed, resolve_scripts


def run(
    request: GenerationRequest, args: tuple[Any, ...], context: ScriptContext
) -> Generator[GenerationRequest, GenerationResult, GenerationResult]:
    return (yield request)


def arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArgument]:
    return (ScriptArgument(label="On", value=False), ScriptArgument(label="Scale", value=2.0))


SCRIPTS = Scripts(
    items=(
        Script(title="Plot", run=run, arguments=arguments),
        Script(title="Free", run=run),
        Script(title="Loop", run=run, txt2img=False),
        Script(title="Listed only"),
        Script(title="Seed", always_on=True, arguments=arguments),
        Script(title="Units", always_on=True, arguments=arguments, any_number=True),
        Script(title="Hidden", always_on=True, listed=False),
    )
)
SEED = ScriptIntent(name="seed", args=(True,))


def resolved(
    script: ScriptIntent | None = None, *always_on: ScriptIntent, start: StartIntent | None = None
) -> ResolvedScripts:
    return resolve_scripts(Intent(script=script, always_on=always_on, start=start), SCRIPTS, Names())


def test_nothing_is_asked_for() -> None:
    assert resolved() == ResolvedScripts()


def test_titles_ignore_letter_case_and_defaults_fill_up() -> None:
    found = resolved(ScriptIntent(name="PLOT", args=(True,)), SEED)
    assert found.script == ScriptCall(name="Plot", args=(True, 2.0))
    assert found.always_on == (ScriptCall(name="Seed", args=(True, 2.0)),)
    assert found.warnings == ()


def test_a_script_without_arguments_gets_all() -> None:
    assert resolved(ScriptIntent(name="Free", args=(1, "a"))).script == ScriptCall(name="Free", args=(1, "a"))
    units = resolved(None, ScriptIntent(name="Units", args=(1, 2, 3)))
    assert units.always_on == (ScriptCall(name="Units", args=(1, 2, 3)),)
    assert units.warnings == ()


def test_null_arguments_are_the_defaults_of_a_script() -> None:
    found = resolved(ScriptIntent(name="Plot", args=None))
    assert found.script == ScriptCall(name="Plot", args=(False, 2.0))


def test_surplus_arguments_are_counted() -> None:
    found = resolved(
        ScriptIntent(name="Plot", args=(True, 1, 2, 3)), ScriptIntent(name="Seed", args=(True, 1, 2))
    )
    assert found.warnings == (
        "script.args: Plot takes 2 arguments; 2 more are ignored",
        "always_on.Seed.args: Seed takes 2 arguments; 1 more are ignored",
    )


def test_an_argument_of_another_type_is_blamed() -> None:
    with pytest.raises(InvalidRequest) as refused:
        resolved(ScriptIntent(name="Plot", args=(True, "much")))
    assert refused.value.field == "script.args.1"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("nope", "Script 'nope' not found"),
        ("Seed", "Script 'Seed' not found"),
        ("Loop", "Script 'Loop' not found"),
        ("Listed only", "Script 'Listed only' can't be run here"),
    ],
)
def test_scripts_that_can_not_run_are_refused(name: str, text: str) -> None:
    with pytest.raises(ApiError) as refused:
        resolved(ScriptIntent(name=name))
    assert (refused.value.status_code, refused.value.detail, refused.value.field) == (
        422,
        text,
        "script.name",
    )


def test_img2img_has_scripts_of_its_own() -> None:
    found = resolved(ScriptIntent(name="loop"), start=StartIntent(images=("x",)))
    assert found.script == ScriptCall(name="Loop", args=())


def test_a_selectable_script_is_not_always_on() -> None:
    with pytest.raises(ApiError, match="Cannot have a selectable script") as refused:
        resolved(None, ScriptIntent(name="Plot"))
    assert (refused.value.status_code, refused.value.field) == (422, "always_on.Plot")


def test_an_idle_entry_is_left_out() -> None:
    assert resolved(None, ScriptIntent(name="Seed", args=None)) == ResolvedScripts()


@pytest.mark.parametrize("args", [None, (), (False, None, "", "None", [])])
def test_an_absent_script_may_stand_idle_in_a_copied_body(args: tuple[Any, ...] | None) -> None:
    found = resolved(None, ScriptIntent(name="gone", args=args), SEED)
    assert [call.name for call in found.always_on] == ["Seed"]
    assert found.warnings == ("always_on.gone: there is no script 'gone' here; nothing was asked of it",)


@pytest.mark.parametrize(
    "entries",
    [
        (ScriptIntent(name="gone", args=()),),
        (ScriptIntent(name="gone", args=(1,)), SEED),
        (ScriptIntent(name="gone", args=([0],)), SEED),
        (ScriptIntent(name="\ud800", args=()), SEED),
    ],
)
def test_other_absent_scripts_are_refused(entries: tuple[ScriptIntent, ...]) -> None:
    with pytest.raises(ApiError, match="not found") as refused:
        resolved(None, *entries)
    assert (refused.value.status_code, refused.value.field) == (422, f"always_on.{entries[0].name}")


def test_listings_show_what_a_kind_of_request_may_use() -> None:
    txt2img = [script.title for script in listed(SCRIPTS, is_img2img=False)]
    assert txt2img == ["Plot", "Free", "Listed only", "Seed", "Units"]
    assert "Loop" in [script.title for script in listed(SCRIPTS, is_img2img=True)]
