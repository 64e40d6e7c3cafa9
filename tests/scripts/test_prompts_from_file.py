"""Prompts from a text: what a line means, and one job for each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import GenerationRequest, Seeds, Style
from pipelines.contract.results import GenerationResult
from pipelines.scripting.script_file import Script, discover
from tests.pipelines.scripting.xyz.plotting import FakeContext, a_request

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture(scope="module")
def script() -> Script:
    found = discover(SCRIPTS).find("prompts from file or textbox", is_img2img=False)
    assert found is not None
    return found


def run_lines(
    script: Script,
    text: str,
    *,
    iterate: bool = False,
    same: bool = True,
    position: str = "start",
    context: FakeContext | None = None,
    **changes: Any,
) -> tuple[list[GenerationRequest], GenerationResult]:
    """The requests that lines make, and the answer."""
    assert script.run is not None
    request = a_request(**({"prompt": ""} | changes))
    run = script.run(request, (iterate, same, position, text), context or FakeContext())
    asked = [next(run)]
    try:
        while True:
            one = asked[-1]
            info = {"infotexts": [one.prompt], "all_prompts": [one.prompt], "index_of_first_image": 0}
            asked.append(run.send(GenerationResult(images=(one.prompt.encode(),), info=info)))
    except StopIteration as ended:
        return asked, ended.value


def test_every_line_that_says_something_is_a_job(script: Script) -> None:
    context = FakeContext()
    asked, answer = run_lines(script, "a cat\n\n  a dog \n", context=context)
    assert [one.prompt for one in asked] == ["a cat", "a dog"]
    assert answer.images == (b"a cat", b"a dog")
    assert answer.info["all_prompts"] == ["a cat", "a dog"]
    assert context.jobs == ["1 out of 2 of None", "2 out of 2 of None"]


def test_options_of_a_line_change_its_request(script: Script) -> None:
    line = (
        '--prompt "a cat" --negative_prompt blur --steps 5 --cfg_scale 3.5 --width 64 --n_iter 2 '
        "--seed 11 --subseed_strength 0.5 --seed_resize_from_w 32 --tiling true --restore_faces no"
    )
    (one,), _ = run_lines(script, line)
    assert (one.prompt, one.negative_prompt, one.steps, one.cfg_scale) == ("a cat", "blur", 5, 3.5)
    assert (one.width, one.height, one.batch_count) == (64, 32, 2)
    assert one.seeds == Seeds(seed=11, subseed=3, subseed_strength=0.5, resize_width=32)
    assert (one.tiling, one.restore_faces) == (True, False)


def test_prompts_go_on_to_the_next_option(script: Script) -> None:
    (one,), _ = run_lines(script, "--prompt a red cat --steps 5")
    assert (one.prompt, one.steps) == ("a red cat", 5)


def test_samplers_styles_and_checkpoints_are_named(script: Script) -> None:
    line = '--prompt a --sampler_name "DPM++ 2M Exponential" --styles "one, two" --sd_model two'
    (one,), _ = run_lines(script, line)
    assert (one.sampler, one.scheduler) == ("DPM++ 2M", "Exponential")
    assert one.styles == (Style(name="one"), Style(name="two"))
    assert one.checkpoint == "/models/two.safetensors"


def test_an_unknown_checkpoint_is_refused(script: Script) -> None:
    with pytest.raises(InvalidRequest, match="Unknown checkpoint: gone"):
        run_lines(script, "--prompt a --sd_model gone")


@pytest.mark.parametrize(
    "line", ["a cat --steps 5", "--prompt a --magic 5", "--prompt a --steps many", '--prompt "a']
)
def test_a_line_that_does_not_parse_is_a_prompt(script: Script, line: str) -> None:
    (one,), _ = run_lines(script, line)
    assert (one.prompt, one.steps) == (line, 50)


@pytest.mark.parametrize(("position", "prompt"), [("start", "a cat own"), ("end", "own a cat")])
def test_a_prompt_of_the_request_stands_behind_or_before(script: Script, position: str, prompt: str) -> None:
    (one,), _ = run_lines(script, "a cat", position=position, prompt="own")
    assert one.prompt == prompt


def test_seeds_stay_or_count_up_by_the_pictures_of_a_line(script: Script) -> None:
    random = Seeds(seed=7, subseed=3, random=True)
    same, _ = run_lines(script, "a\nb", seeds=random)
    assert [one.seeds.seed for one in same] == [7, 7]
    counted, _ = run_lines(script, "a\nb\nc", iterate=True, seeds=random, batch_size=2, batch_count=2)
    assert [one.seeds.seed for one in counted] == [7, 11, 15]


def test_a_random_seed_is_drawn_for_each_line(script: Script) -> None:
    asked, _ = run_lines(script, "a\nb\nc", same=False, seeds=Seeds(seed=7, subseed=3, random=True))
    assert len({one.seeds.seed for one in asked} - {7}) == 3
    drawn, _ = run_lines(script, "--prompt a --seed -1")
    assert drawn[0].seeds.seed >= 0


def test_an_interrupt_ends_it_with_what_it_has(script: Script) -> None:
    asked, answer = run_lines(script, "a\nb\nc", context=FakeContext(bounds=1))
    assert [one.prompt for one in asked] == ["a", "b"]
    assert answer.images == (b"a", b"b")


@pytest.mark.parametrize("text", ["", " \n "])
def test_a_text_without_lines_is_refused(script: Script, text: str) -> None:
    with pytest.raises(InvalidRequest, match="the list of prompts is empty"):
        run_lines(script, text)
