"""Upscalers, face networks and preprocessors on the stand-in answer what they answer on the CPU."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from spandrel.architectures.ESRGAN.__arch.RRDB import RRDBNet

from extensions.controlnet.maps.loaded import LoadedPreprocessor
from extensions.controlnet.maps.sliders import Sliders
from extensions.controlnet.preprocessors.table import find_preprocessor
from pipelines.contract.heed import in_one_go
from pipelines.contract.requests import ExtrasRequest, Hires
from pipelines.contract.results import ExtrasResult
from pipelines.engine.engine import Engine
from pipelines.postprocess.faces.detector import find_landmarks
from pipelines.postprocess.faces.geometry import TEMPLATE
from pipelines.postprocess.faces.parsenet import ParseNet
from pipelines.postprocess.faces.restorer import FaceRestorers, Restore
from pipelines.postprocess.faces.retinaface import RetinaFace
from tests.cuda.engines import TOLERANCE, Pair, device_settings
from tests.cuda_stand_in import CUDA, cuda_stand_in
from tests.engines import engine_settings, make_request
from tests.extensions.controlnet.maps.test_aux_detectors_slow import FILES
from tests.pipelines.postprocess.faces.test_restorer import folders

CPU = torch.device("cpu")
PICTURE = np.random.default_rng(0).integers(0, 256, (64, 80, 3), np.uint8)


def png() -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(PICTURE).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def upscaler(tmp_path: Path) -> Path:
    """A folder with a small ESRGAN of random weights."""
    torch.manual_seed(0)
    folder = tmp_path / "ESRGAN"
    folder.mkdir()
    torch.save(RRDBNet(num_filters=8, num_blocks=1, scale=2).state_dict(), folder / "small.pth")
    return folder


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*torch.jit.script:FutureWarning")  # what spandrel imports
def test_upscalers(models_dir: Path, tmp_path: Path, upscaler: Path) -> None:
    settings = engine_settings(models_dir, tmp_path)
    settings = replace(settings, folders=replace(settings.folders, esrgan=(upscaler,)))
    request = ExtrasRequest(images=(png(),), scale=1.5, upscaler_1="small")
    with cuda_stand_in():
        ours = upscaled(Engine(device_settings(settings)), request)
    theirs = upscaled(Engine(settings), request)
    assert np.abs(ours - theirs).max() <= 1
    pair = Pair(settings, torch.float16)
    hires = {"hires": Hires(scale=1.5, upscaler="small"), "denoising_strength": 0.5}
    assert pair.difference(make_request(models_dir, steps=2, **hires)) < TOLERANCE[torch.float16]
    pair.close()


def upscaled(engine: Engine, request: ExtrasRequest) -> NDArray[np.int16]:
    result = engine.run(request)
    engine.close()
    assert isinstance(result, ExtrasResult)
    return np.asarray(Image.open(io.BytesIO(result.images[0])).convert("RGB")).astype(np.int16)


@pytest.mark.slow
def test_faces(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    detector, parser = RetinaFace().eval(), ParseNet().eval()
    found = [len(find_landmarks(detector, PICTURE, CPU))]
    with cuda_stand_in():
        found.append(len(find_landmarks(detector.to(CUDA), PICTURE, CUDA)))
    assert found[0] == found[1]
    monkeypatch.setattr(
        "pipelines.postprocess.faces.restorer.find_landmarks", lambda *given: [TEMPLATE.copy()]
    )
    picture = np.full((512, 512, 3), 100, np.uint8)
    restored = [restore(monkeypatch, parser, picture, CPU)]
    with cuda_stand_in():
        restored.append(restore(monkeypatch, parser.to(CUDA), picture, CUDA))
    assert np.array_equal(restored[0], restored[1])


def restore(
    monkeypatch: pytest.MonkeyPatch, parser: ParseNet, picture: NDArray[np.uint8], device: torch.device
) -> NDArray[np.uint8]:
    """With a network that makes faces brighter."""
    restorers = FaceRestorers(folders(Path()), device)
    brighter: Restore = lambda face, weight: face + 0.2
    monkeypatch.setattr(restorers, "_load", lambda model, holder: (brighter, None, parser))
    return in_one_go(restorers.restore(picture, "GFPGAN", 0.5, print))


def mapped(name: str, folder: Path, device: str) -> NDArray[np.uint8]:
    module = find_preprocessor(name)
    assert module is not None
    sliders: Any = Sliders(resolution=64, a=2, b=0.1)
    return LoadedPreprocessor().run(module, PICTURE, sliders, [folder], device)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the detectors' own packages
@pytest.mark.parametrize("name", FILES)
def test_preprocessors(tmp_path: Path, name: str) -> None:
    torch.manual_seed(0)
    for file, table in FILES[name]().items():
        torch.save(table, tmp_path / file)
    with cuda_stand_in():
        ours = mapped(name, tmp_path, "cuda:0").astype(np.int16)
    assert np.abs(ours - mapped(name, tmp_path, "cpu")).mean() < 1
