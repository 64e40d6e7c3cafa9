"""Outlines of scripts cover all that they ask for, and too much work is refused before it is made."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.limits import WorkLimits
from pipelines.contract.requests import GenerationRequest, Img2Img
from pipelines.contract.results import GenerationResult
from pipelines.scripting.script_file import JoinedPicture, Names, Script, discover
from pipelines.scripting.script_work import ScriptWork, check_script
from tests.pipelines.scripting.xyz.plotting import FakeContext, a_request

SCRIPTS = discover(Path(__file__).resolve().parents[3] / "scripts")
NAMES = Names(samplers=("Euler", "Euler a"), upscalers=("None", "Lanczos"))
PLOT = [*[0, "", []] * 2, True, *[False] * 6, 0, False]


def encoded(width: int, height: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), (200, 30, 30)).save(buffer, "PNG")
    return buffer.getvalue()


def request_of(**changes: Any) -> GenerationRequest:
    values: dict[str, Any] = {"img2img": Img2Img(images=(encoded(96, 80),)), "width": 64, "height": 64}
    return a_request(**{**values, "denoising_strength": 0.5, "steps": 5, "prompt": "a|b|c", **changes})


def find(title: str) -> Script:
    script = SCRIPTS.find(title, is_img2img=True)
    assert script is not None and script.run is not None and script.outline is not None
    return script


def asked(title: str, args: Sequence[Any], request: GenerationRequest) -> list[GenerationRequest]:
    """All generations that a script asks for."""
    script = find(title)
    assert script.run is not None
    run = script.run(request, tuple(args), FakeContext(names=NAMES))
    found: list[GenerationRequest] = []
    try:
        step = next(run)
        while True:
            found.append(step)
            count = step.batch_size * step.batch_count
            info = {
                "infotexts": ["text"] * count,
                "all_seeds": [1] * count,
                "all_prompts": [step.prompt] * count,
                "prompt": step.prompt,
                "seed": 1,
                "width": step.width,
                "height": step.height,
                "extra_generation_params": {},
                "index_of_first_image": 0,
            }
            step = run.send(GenerationResult(images=(encoded(step.width, step.height),) * count, info=info))
    except StopIteration:
        return found


CASES: dict[str, Sequence[Any]] = {
    "loopback": [4, 0.5, "Linear", "None"],
    "prompt matrix": [False, False, "positive", "comma", 0],
    "prompts from file or textbox": [False, False, "start", "a\n--prompt b --width 128 --n_iter 2"],
    "sd upscale": ["", 16, "Lanczos", 2.0],
    "outpainting mk2": ["", 64, 8, ["left", "up"], 1.0, 0.05],
    "poor man's outpainting": [32, 4, "fill", ["left", "down"]],
    "img2img alternative test": ["", True, True, "", "", True, 5, True, 1.0, 0.0, False],
    "x/y/z plot": [4, "1-3", [], 5, "2,3", [], 0, "", [], True, *[False] * 6, 0, False],
}


@pytest.mark.parametrize("batch_count", [1, 2])
@pytest.mark.parametrize("title", CASES)
def test_outlines_are_at_least_what_is_asked_for(title: str, batch_count: int) -> None:
    request, script = request_of(batch_count=batch_count), find(title)
    made = asked(title, CASES[title], request)
    assert script.outline is not None
    parts = script.outline(request, tuple(CASES[title]), NAMES)
    said = [part for part in parts if not isinstance(part, JoinedPicture)]
    assert sum(p.request.batch_count * p.times for p in said) >= sum(r.batch_count for r in made) > 0
    for size in ("width", "height", "steps", "batch_size"):
        assert max(getattr(p.request, size) for p in said) >= max(getattr(r, size) for r in made)


@pytest.mark.parametrize(
    ("title", "args", "changes", "words"),
    [
        ("loopback", [40, 0.5, "Linear", "None"], {}, "40 batches.*--max-n-iter"),
        ("loopback", [2**53, 0.5, "Linear", "None"], {}, "too many batches"),
        ("prompt matrix", CASES["prompt matrix"], {"prompt": "|".join("a" * 41)}, "too many batches"),
        ("prompt matrix", CASES["prompt matrix"], {"prompt": "a" + "|" * 5000}, "too many batches"),
        ("prompts from file or textbox", [False, False, "start", "a\n" * 40], {}, "--max-n-iter"),
        (
            "prompts from file or textbox",
            [False, False, "end", "--prompt a --width 99999"],
            {},
            "--max-side",
        ),
        ("prompts from file or textbox", [False, False, "end", "--prompt a --steps 99"], {}, "--max-steps"),
        ("sd upscale", ["", 16, "Lanczos", 400.0], {}, "--max-pixels"),
        ("sd upscale", ["", 63, "Lanczos", 2.0], {}, "--max-n-iter"),
        ("outpainting mk2", ["", 10**9, 8, ["left"], 1.0, 0.05], {}, "--max-pixels"),
        ("outpainting mk2", CASES["outpainting mk2"], {"batch_count": 20}, "--max-n-iter"),
        ("poor man's outpainting", [10**9, 4, "fill", ["left"]], {}, "--max-pixels"),
        ("img2img alternative test", ["", *[True] * 2, "", "", True, 99, True, 1, 0, False], {}, "steps"),
        ("x/y/z plot", [4, "1-99", [], *PLOT], {}, "--max-steps"),
        ("x/y/z plot", [1, "1-9999", [], 2, "1-9999", [], 5, "1-9999", [], *PLOT[6:]], {}, "--max-n-iter"),
        ("x/y/z plot", [41, "64x64,100000x64", [], *PLOT], {"img2img": None}, "--max-side"),
        ("x/y/z plot", [40, "64x64,huge", [], *PLOT], {}, "Invalid|size|Size"),
        ("x/y/z plot", [40, "64x4", [], *PLOT], {}, "at least 8"),
    ],
)
def test_too_much_is_refused_before_anything_is_made(
    title: str, args: Sequence[Any], changes: dict[str, Any], words: str
) -> None:
    limits = WorkLimits(batch_count=30, steps=20, pixels=2**20)
    with pytest.raises(InvalidRequest, match=words):
        check_script(find(title), request_of(**changes), tuple(args), NAMES, limits)


def test_cost_is_added_up() -> None:
    work = ScriptWork(limits=WorkLimits(cost=1))
    one = a_request(width=100, height=100, steps=20)
    for _ in range(5):
        work.add(one)
    with pytest.raises(InvalidRequest, match="--max-cost"):
        work.add(one)


def test_scripts_without_an_outline_are_counted_while_they_run() -> None:
    script = Script(title="Own")
    check_script(script, a_request(), (1,), NAMES, WorkLimits(batch_count=1))
    work = ScriptWork(limits=WorkLimits(batch_count=1))
    work.add(a_request())
    with pytest.raises(InvalidRequest, match="--max-n-iter"):
        work.add(a_request())


def test_arguments_of_the_wrong_kind_are_told() -> None:
    with pytest.raises(InvalidRequest, match="arguments of script 'Loopback' don't fit"):
        check_script(find("loopback"), request_of(), ({}, 0.5, "Linear", "None"), NAMES, WorkLimits())
