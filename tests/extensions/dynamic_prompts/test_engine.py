"""Templates in a generation on the small checkpoint: prompts, seeds, counts, infotexts, limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from extensions.dynamic_prompts.arguments import ARGUMENTS, TITLE
from pipelines.contract.errors import InvalidRequest
from pipelines.contract.limits import WorkLimits
from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import Hires, PerPicture, ScriptCall, Seeds
from pipelines.contract.results import GenerationResult
from pipelines.engine.engine import Engine
from tests.engines import engine_settings, make_request

PLACE = f"always_on.{TITLE}.args"
MODELS = Path(__file__).resolve().parents[2] / "data" / "models"
COLOURS = "{red|blue|green|yellow|black|white|pink|brown}"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    data = tmp_path_factory.mktemp("data")
    (data / "wildcards").mkdir()
    (data / "wildcards" / "colour.txt").write_text("red\nblue\n")
    (data / "wildcards" / "loop.txt").write_text("__loop__\n")
    (data / "more" / "wildcards").mkdir(parents=True)
    (data / "more" / "wildcards" / "shape.txt").write_text("circle\n")
    (data / "keys.txt").write_text("secret\n")
    engine = Engine(engine_settings(MODELS, data, extensions=("dynamic_prompts",)))
    yield engine
    engine.close()


def arguments(**values: Any) -> ScriptCall:
    """A call with all eighteen arguments; values by the beginnings of their labels."""
    given = [argument.value for argument in ARGUMENTS]
    labels = [argument.label for argument in ARGUMENTS]
    for name, value in values.items():
        wanted = name.replace("_", " ").lower()
        given[next(i for i, label in enumerate(labels) if label.lower().startswith(wanted))] = value
    return ScriptCall(name=TITLE, args=tuple(given))


def generate(
    engine: Engine, prompt: str, call: ScriptCall | None = None, *, options: Any = None, **changes: Any
) -> GenerationResult:
    calls = () if call is None else (call,)
    values: dict[str, Any] = {"prompt": prompt, "steps": 1, "always_on": calls} | changes
    request = make_request(MODELS, **values)
    request = replace(request, options=GenerationOptions(extension=options or {}))
    result = engine.run(request)
    assert isinstance(result, GenerationResult)
    return result


def prompts(result: GenerationResult) -> list[str]:
    return list(result.info["all_prompts"])


def test_every_picture_has_the_choice_of_its_seed(engine: Engine) -> None:
    both = generate(engine, f"a {COLOURS} ball", arguments(), batch_size=2, batch_count=2)
    later = generate(engine, f"a {COLOURS} ball", arguments(), seeds=Seeds(seed=3, subseed=1))
    assert len(set(prompts(both))) > 1
    assert prompts(both)[2] == prompts(later)[0]
    assert both.info["infotexts"][2].startswith(prompts(both)[2])
    assert "Template" not in both.info["infotexts"][0]


def test_the_option_reads_wildcards_with_no_script_named(engine: Engine) -> None:
    assert prompts(generate(engine, "a __colour__ ball")) == ["a __colour__ ball"]
    found = prompts(generate(engine, "a __colour__ ball", options={"wildcards": True}))
    assert found[0] in ("a red ball", "a blue ball")
    off = generate(engine, "a __colour__ ball", arguments(dynamic=False), options={"wildcards": True})
    assert prompts(off) == ["a __colour__ ball"]


def test_a_further_folder_is_one_of_wildcards_among_the_servers_own(engine: Engine) -> None:
    named = {"wildcard_dir": "more/wildcards"}
    assert prompts(generate(engine, "a __shape__", arguments(), options=named)) == ["a circle"]
    for folder in ("/etc", ".", "more", "wildcards/.."):
        with pytest.raises(InvalidRequest) as caught:
            generate(engine, "a __keys__", arguments(), options={"wildcard_dir": folder})
        assert caught.value.field == "options.wildcard_dir"


def test_the_template_may_be_kept_in_infotexts(engine: Engine) -> None:
    options = {"dp_write_raw_template": True}
    text = generate(engine, "a {red|blue} ball", arguments(), options=options).info["infotexts"][0]
    assert "Template: a {red|blue} ball" in text


def test_combinations_make_their_own_count_of_pictures(engine: Engine) -> None:
    result = generate(engine, "a {red|blue|green} ball", arguments(combinatorial_gen=True), batch_size=2)
    assert prompts(result) == ["a red ball", "a blue ball", "a green ball"]
    assert len(result.images) == 3
    assert result.info["all_seeds"] == [1, 2, 3]


def test_a_fixed_seed_is_that_of_all_combinations(engine: Engine) -> None:
    call = arguments(combinatorial_gen=True, combinatorial_b=2, fixed_seed=True)
    result = generate(engine, "a {red|blue} ball", call)
    assert prompts(result) == ["a red ball", "a blue ball"] * 2
    assert result.info["all_seeds"] == [1, 1, 2, 2]


def test_unlinked_choices_leave_the_seed_of_pictures_alone(engine: Engine) -> None:
    call = arguments(unlink=True)
    one, other = (
        generate(engine, f"{COLOURS} {COLOURS}", call, seeds=Seeds(seed=5, subseed=1, chance=chance))
        for chance in (1, 2)
    )
    assert prompts(one) != prompts(other)
    assert one.info["all_seeds"] == other.info["all_seeds"] == [5]


def test_jinja_may_make_several_pictures(engine: Engine) -> None:
    template = "{% for c in ['red', 'blue'] %}{% prompt %}a {{ c }} ball{% endprompt %}{% endfor %}"
    assert prompts(generate(engine, template, arguments(enable_jinja=True))) == ["a red ball", "a blue ball"]


def test_no_image_generation_makes_one_picture(engine: Engine) -> None:
    call = arguments(combinatorial_gen=True, **{"don't_generate": True})
    assert prompts(generate(engine, "a {red|blue} ball", call)) == ["a red ball"]


def test_negative_and_hires_prompts_are_templates_too(engine: Engine) -> None:
    hires = Hires(scale=1.25, upscaler=None, prompt="a {tree|bush}")
    values = {"negative_prompt": f"{COLOURS}", "hires": hires, "denoising_strength": 0.5}
    result = generate(engine, "a ball", arguments(), **values)
    assert "{" not in result.info["all_negative_prompts"][0]
    assert "Hires prompt: a {" not in result.info["infotexts"][0]


def test_pictures_with_prompts_of_their_own_are_templates_each(engine: Engine) -> None:
    own = PerPicture(prompts=("a {red|red} ball", "a {blue|blue} cube"))
    found = generate(engine, "x", arguments(), per_picture=own, batch_size=2)
    assert prompts(found) == ["a red ball", "a blue cube"]


def test_a_text_that_is_no_template_is_used_as_it_is(engine: Engine) -> None:
    result = generate(engine, "a {red ball", arguments())
    assert prompts(result) == ["a {red ball"]
    assert result.warnings[0].startswith("prompt: used as it is")


def test_what_is_not_done_is_said(engine: Engine) -> None:
    result = generate(engine, "a ball", arguments(**{"magic_prompt": True, "i'm": True, "attention": True}))
    assert len(result.warnings) == 3
    assert all(warning.startswith(f"{PLACE}: ") and "ignored" in warning for warning in result.warnings)


@pytest.mark.parametrize(
    ("prompt", "call", "field", "text"),
    [
        ("__loop__", arguments(), "prompt", "refers to itself"),
        (" ".join(["{a|b}"] * 11), arguments(combinatorial_gen=True), f"{PLACE}.15", "more than 1000"),
        ("{a|b}", arguments(combinatorial_gen=True, combinatorial_b=2000), f"{PLACE}.2", "between"),
        ("{{ 'a' * 30000 }}", arguments(enable_jinja=True), "prompt", "characters are too many"),
        ("{{ x.y.z }}", arguments(enable_jinja=True), "prompt", "fails"),
    ],
    ids=["loop", "combinations", "batches", "long", "failing"],
)
def test_templates_beyond_the_limits_are_refused(
    engine: Engine, prompt: str, call: ScriptCall, field: str, text: str
) -> None:
    with pytest.raises(InvalidRequest, match=text) as caught:
        generate(engine, prompt, call)
    assert caught.value.field == field


def test_a_servers_own_limit_counts(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = replace(engine.services.settings, limits=WorkLimits(batch_count=2))
    monkeypatch.setattr(engine.services, "settings", settings)
    with pytest.raises(InvalidRequest, match="more than 2 prompts"):
        generate(engine, "{a|b|c}", arguments(combinatorial_gen=True))
