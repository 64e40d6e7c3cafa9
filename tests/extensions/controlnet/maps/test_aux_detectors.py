"""controlnet-aux's own networks with random weights, from files as they are published."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from extensions.controlnet.maps.aux_package import aux_module, safe_loading
from extensions.controlnet.maps.detectors.anyline import combined
from extensions.controlnet.maps.loaded import LoadedPreprocessor
from extensions.controlnet.maps.sliders import Sliders
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.preprocessors.table import find_preprocessor
from extensions.controlnet.units.pictures import Array

PICTURE: Array = np.random.default_rng(0).integers(0, 256, (64, 80, 3), np.uint8)
PARAMETERS = Sliders(resolution=64, a=2, b=0.1)


def module_of(name: str) -> Preprocessor:
    module = find_preprocessor(name)
    assert module is not None
    return module


def save(network: nn.Module, path: Path, wrap: Callable[[Any], Any] = lambda table: table) -> None:
    torch.save(wrap(network.state_dict()), path)


def seeded(make: Callable[[], nn.Module]) -> nn.Module:
    torch.manual_seed(0)
    return make().eval()


def run(name: str, folder: Path, loaded: LoadedPreprocessor | None = None) -> Array:
    made = (loaded or LoadedPreprocessor()).run(module_of(name), PICTURE, PARAMETERS, [folder], "cpu")
    assert (made.shape, made.dtype) == (PICTURE.shape, np.uint8)
    return made


def teed() -> nn.Module:
    network: nn.Module = aux_module("teed.ted").TED()
    return network


def test_teed_rounds_in_safe_steps(tmp_path: Path) -> None:
    save(seeded(teed), tmp_path / "7_model.pth")
    assert set(np.unique(run("softedge_teed", tmp_path))) <= {0, 127, 255}


def test_anyline_is_teed_with_other_weights(tmp_path: Path) -> None:
    network = seeded(teed)
    save(network, tmp_path / "7_model.pth")
    save(network, tmp_path / "MTEED.pth")
    edges, lines = run("softedge_teed", tmp_path), run("softedge_anyline", tmp_path)
    differing = lines != edges
    assert bool((lines[differing] == 1).all())


def test_lines_of_a_size_are_laid_over_edges() -> None:
    edges = np.full((20, 20, 3), 200, np.uint8)
    lines = np.zeros((20, 20, 3), np.uint8)
    lines[2, :3] = 1
    lines[10:12, :] = 1
    lines[15:18, :] = 90
    made = combined(edges, lines)
    assert bool((made[10:12] == 1).all())
    made[10:12] = 200
    assert np.array_equal(made, edges)


def test_pidinet_answers_edges_and_drawings(tmp_path: Path) -> None:
    network: nn.Module = seeded(lambda: aux_module("pidi.model").pidinet())
    save(network, tmp_path / "table5_pidinet.pth", lambda table: {"state_dict": table})
    loaded = LoadedPreprocessor()
    soft = run("pidinet", tmp_path, loaded)
    (kept,) = loaded.kept.shelf.contents
    safe = run("softedge_pidisafe", tmp_path, loaded)
    assert len(np.unique(soft)) > len(np.unique(safe))
    assert set(np.unique(run("scribble_pidinet", tmp_path, loaded))) <= {0, 255}
    assert loaded.kept.shelf.contents == [kept]


def test_hed_answers_edges(tmp_path: Path) -> None:
    save(seeded(lambda: aux_module("hed").ControlNetHED_Apache2()), tmp_path / "ControlNetHED.pth")
    edges = run("softedge_hed", tmp_path)
    assert np.array_equal(edges[:, :, 0], edges[:, :, 1])
    assert len(np.unique(edges)) > 2


def test_one_preprocessor_leaves_for_the_next(tmp_path: Path) -> None:
    save(seeded(teed), tmp_path / "7_model.pth")
    network = seeded(lambda: aux_module("mlsd.models.mbv2_mlsd_large").MobileV2_MLSD_Large())
    save(network, tmp_path / "mlsd_large_512_fp32.pth")
    loaded = LoadedPreprocessor()
    run("softedge_teed", tmp_path, loaded)
    (first,) = loaded.kept.shelf.contents
    run("mlsd", tmp_path, loaded)
    (second,) = loaded.kept.shelf.contents
    assert first is not second


@pytest.mark.parametrize("name", ["lineart_realistic", "lineart_coarse"])
def test_lineart_reads_both_of_its_files(tmp_path: Path, name: str) -> None:
    for file in ("sk_model.pth", "sk_model2.pth"):
        save(seeded(lambda: aux_module("lineart").Generator(3, 1, 3)), tmp_path / file)
    assert len(np.unique(run(name, tmp_path))) > 2


def test_loading_is_patched_only_while_it_lasts(tmp_path: Path) -> None:
    path, original = tmp_path / "file.pth", torch.load
    torch.save({"a": torch.ones(1)}, path)
    with safe_loading():
        assert torch.equal(torch.load(path)["a"], torch.ones(1))
    assert torch.load is original
