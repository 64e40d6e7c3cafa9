"""EVA-CLIP's tower: the authors' numbers from the same tensors, and files that are something else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from extensions.controlnet.image_prompts.eva_clip import find_tower, load_tower, look, pixel_values
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from pipelines.contract.errors import CorruptFile, MissingWeights
from tests.extensions.controlnet.eva_files import NAME, write_tower

VIEW = (0.39916, -0.1892, -0.25749, 0.17153)
STATES = (-2.3344, -4.0139, -6.8675, -7.513, -14.6164)
"""Numbers of the authors' own class: the first of the view, one of each kept layer."""


def test_views_and_states_are_the_authors(tmp_path: Path) -> None:
    tower = load_tower(write_tower(tmp_path, width=128, depth=22, side=112, view=24))
    picture = np.random.RandomState(0).randint(0, 256, (112, 112, 3)).astype(np.uint8)
    view, states = look(tower, picture)
    assert view.shape == (1, 24) and [state.shape for state in states] == [(1, 65, 128)] * 5
    assert view[0, :4].tolist() == pytest.approx(VIEW, abs=1e-5)
    assert [float(state[0, 3, 5]) for state in states] == pytest.approx(STATES, abs=1e-3)
    assert float(view.norm()) == pytest.approx(1.0)


def test_pictures_are_scaled_and_normalised() -> None:
    values = pixel_values(np.full((512, 512, 3), 255, np.uint8), 28)
    white = [(1.0 - 0.48145466) / 0.26862954, (1.0 - 0.4578275) / 0.26130258, (1.0 - 0.40821073) / 0.27577711]
    assert values.shape == (1, 3, 28, 28)
    assert values[0, :, 14, 14].tolist() == pytest.approx(white, abs=1e-5)


def test_other_files_are_refused_and_missing_ones_named(tmp_path: Path) -> None:
    with pytest.raises(MissingWeights, match=f"{NAME}.* in .*{tmp_path.name}"):
        find_tower(Preprocessor(key="ip-adapter_pulid"), [tmp_path])
    path = write_tower(tmp_path, depth=20)
    tensors = torch.load(path)
    torch.save({n: t for n, t in tensors.items() if n != "visual.blocks.3.norm1.bias"}, path)
    with pytest.raises(CorruptFile, match=r"blocks\.3\.norm1\.bias"):
        load_tower(path)
    torch.save({"visual.pos_embed": torch.zeros(1, 5, 8)}, path)
    with pytest.raises(CorruptFile, match="missing"):
        load_tower(path)
