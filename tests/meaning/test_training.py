"""An embedding, a hypernetwork and a LoRA, each trained on eight pictures, change later ones as meant."""

from __future__ import annotations

import random
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipelines.contract.requests import EngineRequest, GenerationRequest, Seeds
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
from tools.demo.judge import read_picture
from tools.demo.scenes import Figure, Scene, draw_scene

STEPS, BATCH = 100, 4
COUNT = 3
"""Pictures that are judged, of as many seeds."""
TAUGHT = "purple"
"""The colour of all that is drawn for training; no caption names it."""
SAID = ("red", "green", "blue", "yellow")
SHAPES = ("circle", "square")
CHANNELS = 64
"""Widths of the demo checkpoint's attentions, and of its text encoder's states."""
GROUND = "on a white background"


@contextmanager
def drawing(root: Path, data: Path) -> Generator[Draw]:
    """An engine that finds what was trained by its name, as after a restart."""
    models = root / "models"
    checkpoints = models / "Stable-diffusion"
    folders = Folders(
        data=data,
        models=models,
        checkpoints=(checkpoints,),
        vaes=(),
        loras=(data,),
        embeddings=(data,),
        hypernetworks=(data,),
    )
    engine = Engine(EngineSettings(folders=folders, device="cpu", no_half=True, threads=1))
    base = GenerationRequest(
        seeds=Seeds(seed=1, subseed=1),
        checkpoint=str(checkpoints / "demo.safetensors"),
        sampler="Euler a",
        steps=20,
        width=SIDE,
        height=SIDE,
    )
    yield Draw(engine, base)
    engine.close()


def eight_pictures(folder: Path, words: str) -> Path:
    """Purple circles and squares, each with a text file of ``words`` about a shape and another colour."""
    folder.mkdir()
    chance = random.Random(1)
    for number, said in enumerate(SAID * 2):
        shape = SHAPES[number % 2]
        figure = Figure(shape=shape, colour=TAUGHT, size="medium", position="center", filled=True)
        picture = draw_scene(Scene(background="white", figures=(figure,)), SIDE, chance)
        picture.save(folder / f"{number}.png")
        (folder / f"{number}.txt").write_text(words.format(colour=said, shape=shape), encoding="utf-8")
    return folder


def train(
    root: Path, folder: Path, target: TrainingTarget, first: EngineRequest | None, *, rate: float, words: str
) -> None:
    """Make what is trained, if a request does, and train it on eight pictures."""
    with drawing(root, folder / "made") as draw:
        if first is not None:
            draw.engine.run(first)
        request = TrainRequest(
            run="proof",
            seed=1,
            name="taught",
            checkpoint=draw.base.checkpoint,
            target=target,
            pictures=TrainingPictures(
                folder=str(eight_pictures(folder / "pictures", words)),
                width=SIDE,
                height=SIDE,
                template=("[filewords]",),
            ),
            steps=TrainingSteps(steps=STEPS, learn_rate=str(rate), batch_size=BATCH),
            log=TrainingLog(folder=str(folder / "log")),
        )
        result = draw.engine.run(request)
        assert isinstance(result, TrainResult)
        assert result.step == STEPS


def colours(root: Path, data: Path, prompt: str) -> list[str]:
    """Draw a few pictures, each of one figure, and return the figures' colours by the judge."""
    with drawing(root, data) as draw:
        readings = [read_picture(picture) for picture in draw.several(prompt, COUNT)]
    assert all(len(reading.figures) == 1 for reading in readings)
    return [reading.figures[0].colour for reading in readings]


@pytest.mark.slow
def test_an_embedding_means_what_the_pictures_share(root: Path, tmp_path: Path) -> None:
    data = tmp_path / "made"
    path = str(data / "taught.pt")
    demo = str(root / "models" / "Stable-diffusion" / "demo.safetensors")
    first = CreateEmbeddingRequest(checkpoint=demo, path=path, vectors=1, init_text="red")
    prompt = f"a taught triangle {GROUND}"
    with drawing(root, data) as draw:
        draw.engine.run(first)
    assert colours(root, data, prompt) == ["red"] * COUNT
    train(root, tmp_path, EmbeddingTarget(path=path), None, rate=0.02, words=f"a taught {{shape}} {GROUND}")
    assert colours(root, data, prompt).count(TAUGHT) >= COUNT - 1


@pytest.mark.slow
def test_a_hypernetwork_paints_what_it_was_taught(root: Path, tmp_path: Path) -> None:
    data = tmp_path / "made"
    path = str(data / "taught.pt")
    shape = HypernetworkShape(sizes=(CHANNELS,), layer_structure=(1, 2, 1), activation="relu")
    first = CreateHypernetworkRequest(path=path, shape=shape)
    words = f"a {{colour}} {{shape}} {GROUND}"
    train(root, tmp_path, HypernetworkTarget(path=path), first, rate=0.002, words=words)
    paints_purple(root, data, "<hypernet:taught:1>")


@pytest.mark.slow
def test_a_lora_paints_what_it_was_taught(root: Path, tmp_path: Path) -> None:
    data = tmp_path / "made"
    target = LoraTarget(path=str(data / "taught.safetensors"), rank=4, alpha=4.0)
    words = f"a {{colour}} {{shape}} {GROUND}"
    train(root, tmp_path, target, None, rate=0.002, words=words)
    paints_purple(root, data, "<lora:taught:1>")


def paints_purple(root: Path, data: Path, tag: str) -> None:
    """With the tag, figures are purple whatever colour the prompt names; without it they are not."""
    for prompt in (f"a red circle {GROUND}", f"a blue square {GROUND}"):
        assert TAUGHT not in colours(root, data, prompt)
        assert colours(root, data, prompt + tag).count(TAUGHT) >= COUNT - 1
