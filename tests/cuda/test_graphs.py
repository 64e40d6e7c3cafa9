"""On the stand-in: which kernels are captured when, what ends a graph, and that pictures stay the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipelines.contract.options import GenerationOptions, OutputOptions
from pipelines.contract.requests import GenerationRequest, ScriptCall
from pipelines.engine.engine import Engine
from pipelines.families import graphs
from pipelines.families.graphs import AFTER
from tests.cuda.engines import cost, device_settings, generate
from tests.cuda.tape import TapeCapture
from tests.cuda_stand_in import cuda_stand_in
from tests.engines import engine_settings, make_request, pixels
from tests.extensions.controlnet.drawings import drawing

STEPS = AFTER + 3
QUIET = OutputOptions(live_previews_enable=False)
LORA = "a red circle <lora:tiny-lora-unet-te:1>"
UNIT = {"enabled": True, "image": drawing(), "module": "canny", "model": "tiny-control-canny"}
CONTROL = {"always_on": (ScriptCall(name="ControlNet", args=(UNIT,)),)}
REFERENCE = {"always_on": (ScriptCall(name="ControlNet", args=({**UNIT, "module": "reference_only"},)),)}


class Both:
    """An engine with graphs and one without, on the stand-in."""

    def __init__(self, models: Path, data: Path, capture: TapeCapture) -> None:
        self.models = models
        self.capture = capture
        settings = engine_settings(models, data, extensions=("controlnet",))
        plain = device_settings(settings)
        with cuda_stand_in():
            self.plain, self.graphed = Engine(plain), Engine(replace(plain, cuda_graphs=True))

    def request(self, **changes: Any) -> GenerationRequest:
        return make_request(self.models, **{"steps": STEPS, "sampler": "Euler a", "output": QUIET, **changes})

    def draw(self, **changes: Any) -> None:
        """The same picture of both."""
        request = self.request(**changes)
        with cuda_stand_in():
            ours, theirs = (generate(engine, request) for engine in (self.graphed, self.plain))
        assert np.array_equal(pixels(ours), pixels(theirs))

    def taken(self) -> tuple[int, int]:
        """Counts of captures and replays since the last call."""
        found = self.capture.made, self.capture.replayed
        self.capture.made = self.capture.replayed = 0
        return found


@pytest.fixture
def both(models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Both]:
    capture = TapeCapture()
    monkeypatch.setattr(graphs, "CudaCapture", lambda: capture)
    made = Both(models_dir, tmp_path, capture)
    yield made
    with cuda_stand_in():
        made.plain.close()
        made.graphed.close()


@pytest.mark.slow
def test_a_few_equal_calls_are_captured_and_replayed_from_then_on(both: Both) -> None:
    both.draw()
    assert both.taken() == (1, STEPS - AFTER)
    both.draw(prompt="a blue square", cfg_scale=3.0)
    assert both.taken() == (0, STEPS)
    both.draw(width=128)
    assert both.taken() == (1, STEPS - AFTER)
    both.draw()
    assert both.taken() == (0, STEPS)


@pytest.mark.slow
def test_patches_end_a_graph_and_count(both: Both) -> None:
    both.draw()
    both.draw(prompt=LORA)
    assert both.taken() == (2, 2 * (STEPS - AFTER))
    both.draw(prompt=LORA)
    assert both.taken() == (0, STEPS)
    both.draw()
    assert both.taken() == (1, STEPS - AFTER)
    for changes in ({"tiling": True}, {"prompt": "a circle <hypernet:tinyhn:1>"}):
        both.draw(**changes)
        assert both.taken() == (1, STEPS - AFTER)


@pytest.mark.slow
def test_control_networks_are_inputs(both: Both) -> None:
    both.draw(**CONTROL)
    assert both.taken() == (1, STEPS - AFTER)


@pytest.mark.slow
def test_what_changes_from_call_to_call_is_not_captured(both: Both) -> None:
    both.draw(**REFERENCE)
    tiles = GenerationOptions(extension={"hypertile_enable_unet": True, "hypertile_max_tile_unet": 32})
    both.draw(options=tiles)
    assert both.taken() == (0, 0)


@pytest.mark.slow
def test_weights_that_move_end_a_graph(both: Both) -> None:
    both.draw()
    with cuda_stand_in():
        for engine in (both.graphed, both.plain):
            engine.services.residency.offload()
    both.draw()
    assert both.taken() == (2, 2 * (STEPS - AFTER))


@pytest.mark.slow
def test_a_step_is_few_launches(both: Both) -> None:
    both.draw()
    with cuda_stand_in() as counted:
        graphed, plain = (
            cost(engine, both.request(), counted).launches.total() for engine in (both.graphed, both.plain)
        )
    assert graphed < plain / 5


def test_parts_that_take_turns_are_not_captured(models_dir: Path, tmp_path: Path) -> None:
    settings = replace(device_settings(engine_settings(models_dir, tmp_path)), cuda_graphs=True)
    with cuda_stand_in():
        engine = Engine(replace(settings, memory_mode="medvram"))
        engine.run(make_request(models_dir, steps=1, output=QUIET))
        model = engine.services.residency.current
        assert model is not None and model.graphs is None
        engine.close()
