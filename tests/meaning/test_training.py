"""What is trained on eight drawn pictures changes later pictures as meant, by the demo's judge."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from pipelines.contract.requests import GenerationRequest, Seeds
from pipelines.contract.settings import EngineSettings, Folders
from pipelines.contract.training import (
    CreateEmbeddingRequest,
    CreateHypernetworkRequest,
    EmbeddingTarget,
    HypernetworkShape,
    HypernetworkTarget,
    LoraTarget,
    TrainingLog,
    TrainingPictures,
    TrainingSteps,
    TrainingTarget,
    TrainRequest,
    TrainResult,
)
from pipelines.engine.engine import Engine
from tests.meaning.conftest import SIDE, Draw
from tests.meaning.test_networks import distance, ink
from tools.demo.captions import full_caption
from tools.demo.judge import read_picture
from tools.demo.scenes import COLOURS, SHAPES, Figure, Scene, draw_scene
from tools.train_demo_lora import TEAL

pytestmark = pytest.mark.slow

PICTURES, COUNT = 8, 4
TWO_MINUTES = 120
PROMPT = "a red circle on a white background"


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """An engine with folders of its own, and eight pictures to train on."""

    draw: Draw
    folder: Path

    @property
    def checkpoint(self) -> str:
        return self.draw.base.checkpoint

    def pictures(self, scenes: list[Scene], palette: dict[str, tuple[int, int, int]]) -> Path:
        """A folder of drawn scenes with their captions."""
        rng, folder = random.Random(1), self.folder / "pictures"
        folder.mkdir(parents=True, exist_ok=True)
        for number, scene in enumerate(scenes):
            draw_scene(scene, SIDE, rng, palette).save(folder / f"{number}.png")
            (folder / f"{number}.txt").write_text(full_caption(scene, rng), encoding="utf-8")
        return folder

    def train(
        self, target: TrainingTarget, folder: Path, template: str, steps: TrainingSteps, name: str
    ) -> TrainResult:
        """One run, in less than two minutes."""
        request = TrainRequest(
            run=name,
            seed=1,
            name=name,
            checkpoint=self.checkpoint,
            target=target,
            pictures=TrainingPictures(folder=str(folder), width=SIDE, height=SIDE, template=(template,)),
            steps=steps,
            log=TrainingLog(folder=str(self.folder / "log"), csv_every=1),
        )
        started = time.monotonic()
        result = self.draw.engine.run(request)
        assert time.monotonic() - started < TWO_MINUTES
        assert isinstance(result, TrainResult)
        return result


@pytest.fixture
def school(root: Path, tmp_path: Path) -> Iterator[School]:
    models = root / "models"
    folders = Folders(
        data=tmp_path,
        models=models,
        checkpoints=(models / "Stable-diffusion",),
        vaes=(),
        loras=(tmp_path / "Lora",),
        embeddings=(tmp_path / "embeddings",),
        hypernetworks=(tmp_path / "hypernetworks",),
    )
    engine = Engine(EngineSettings(folders=folders, device="cpu", no_half=True))
    base = GenerationRequest(
        seeds=Seeds(seed=1, subseed=1),
        checkpoint=str(models / "Stable-diffusion" / "demo.safetensors"),
        sampler="Euler a",
        steps=20,
        width=SIDE,
        height=SIDE,
    )
    yield School(draw=Draw(engine, base), folder=tmp_path)
    engine.close()


def figure(shape: str, colour: str) -> Figure:
    return Figure(shape=shape, colour=colour, size="medium", position="center", filled=True)


def scene(shape: str, colour: str) -> Scene:
    return Scene(background="white", figures=(figure(shape, colour),))


def coloured_scenes() -> list[Scene]:
    """Every shape in two colours."""
    return [scene(shape, colour) for shape in SHAPES for colour in ("red", "blue")]


def taught(pictures: list[Image.Image]) -> int:
    """How many are nearer to teal than to red."""
    return sum(distance(ink(picture), TEAL) < distance(ink(picture), COLOURS["red"]) for picture in pictures)


def test_a_lora_teaches_a_colour(school: School) -> None:
    folder = school.pictures(coloured_scenes(), dict.fromkeys(COLOURS, TEAL))
    path = school.folder / "Lora" / "teal.safetensors"
    target = LoraTarget(path=str(path), rank=4, alpha=4.0, rate_schedule="cosine")
    steps = TrainingSteps(steps=60, learn_rate="0.004", batch_size=4)
    school.train(target, folder, "[filewords]", steps, "teal")
    assert taught(school.draw.several(PROMPT, COUNT)) == 0
    assert taught(school.draw.several(f"{PROMPT}<lora:teal:1>", COUNT)) == COUNT


def test_a_hypernetwork_teaches_a_colour(school: School) -> None:
    folder = school.pictures(coloured_scenes(), dict.fromkeys(COLOURS, TEAL))
    path = school.folder / "hypernetworks" / "teal.pt"
    shape = HypernetworkShape(sizes=(64,), layer_structure=(1, 2, 1), activation="relu")
    school.draw.engine.run(CreateHypernetworkRequest(path=str(path), shape=shape))
    steps = TrainingSteps(steps=100, learn_rate="0.004:60, 0.001", batch_size=4)
    school.train(HypernetworkTarget(path=str(path)), folder, "[filewords]", steps, "teal")
    assert taught(school.draw.several(PROMPT, COUNT)) == 0
    assert taught(school.draw.several(f"{PROMPT}<hypernet:teal:1>", COUNT)) == COUNT


def test_an_embedding_learns_a_thing(school: School) -> None:
    folder = school.pictures([scene("star", "blue")] * PICTURES, COLOURS)
    path = school.folder / "embeddings" / "qzx.pt"
    school.draw.engine.run(
        CreateEmbeddingRequest(
            checkpoint=school.checkpoint, path=str(path), vectors=2, init_text="red circle"
        )
    )
    prompt = "a qzx on a white background"
    assert seen(school.draw.several(prompt, COUNT)).count(("blue", "star")) == 0
    steps = TrainingSteps(steps=80, learn_rate="0.02", batch_size=4)
    school.train(EmbeddingTarget(path=str(path)), folder, "a [name] on a white background", steps, "qzx")
    assert seen(school.draw.several(prompt, COUNT)).count(("blue", "star")) >= COUNT - 1


def seen(pictures: list[Image.Image]) -> list[tuple[str, str]]:
    """Colour and shape of the largest figure of every picture."""
    found = [read_picture(picture).figures for picture in pictures]
    return [(figures[0].colour, figures[0].shape) if figures else ("", "") for figures in found]
