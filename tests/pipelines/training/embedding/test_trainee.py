"""A textual inversion that is trained: its first vectors, its file, and the state that belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import torch

from pipelines.contract.errors import CorruptFile, SdapiError, UnsupportedModel
from pipelines.training.embedding.trainee import EmbeddingTrainee, initial_vectors
from tests.pipelines.training.runs import vectors_of, write_embedding
from tests.pipelines.training.test_memory import a_request

WIDTH = 4


def trainee_of(path: Path) -> EmbeddingTrainee:
    family = SimpleNamespace(text=SimpleNamespace(vector=None), title="Toy")
    model = SimpleNamespace(
        name="toy",
        sha256="0123456789abcdef",
        family=family,
        text_encoders=[None],
        context_width=WIDTH,
        device=torch.device("cpu"),
    )
    return EmbeddingTrainee.read(path, a_request(), cast(Any, None), cast(Any, model))


@pytest.mark.parametrize(
    ("texts", "count", "rows"),
    [
        ([1, 2, 3], 3, [1, 2, 3]),
        ([1, 2], 4, [1, 1, 2, 2]),
        ([1, 2, 3, 4], 2, [1, 3]),
        ([1, 2, 3], 0, []),
    ],
)
def test_a_texts_rows_are_spread_over_the_vectors(
    texts: Sequence[float], count: int, rows: Sequence[float]
) -> None:
    found = initial_vectors(torch.tensor(texts)[:, None].float().expand(-1, WIDTH), count)
    assert found.shape == (count, WIDTH)
    assert found[:, 0].tolist() == rows


def test_steps_of_earlier_runs_count(tmp_path: Path) -> None:
    write_embedding(tmp_path / "one.pt", torch.ones(2, WIDTH), step=7)
    trainee = trainee_of(tmp_path / "one.pt")
    assert trainee.made == 7
    assert trainee.facts() == {"num_vectors_per_token": 2, "embedding_name": "one"}


def test_a_save_has_the_vectors_and_the_checkpoint(tmp_path: Path) -> None:
    write_embedding(tmp_path / "one.pt", torch.ones(2, WIDTH))
    trainee = trainee_of(tmp_path / "one.pt")
    with torch.no_grad():
        trainee.vectors.add_(1)
    trainee.made = 3
    trainee.save(tmp_path / "saved.pt", name="saved")
    record = torch.load(tmp_path / "saved.pt", weights_only=True)
    assert torch.equal(vectors_of(tmp_path / "saved.pt"), torch.full((2, WIDTH), 2.0))
    assert (record["step"], record["name"], record["sd_checkpoint"]) == (3, "saved", "0123456789")


def test_an_optimizers_state_belongs_to_its_vectors(tmp_path: Path) -> None:
    write_embedding(tmp_path / "one.pt", torch.ones(2, WIDTH))
    trainee = trainee_of(tmp_path / "one.pt")
    record = trainee.optimizer_record(tmp_path / "one.pt", trainee.make_optimizer(0.1))
    assert trainee.accepts(record, tmp_path / "one.pt")
    with torch.no_grad():
        trainee.vectors[0, 0] += 1
    assert not trainee.accepts(record, tmp_path / "one.pt")


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({"string_to_param": {"*": torch.ones(2, WIDTH + 1)}}, UnsupportedModel),
        ({"clip_l": torch.ones(2, 2), "clip_g": torch.ones(2, 2)}, CorruptFile),
    ],
)
def test_other_embeddings_are_refused(
    content: dict[str, Any], error: type[SdapiError], tmp_path: Path
) -> None:
    torch.save(content, tmp_path / "one.pt")
    with pytest.raises(error) as refused:
        trainee_of(tmp_path / "one.pt")
    assert refused.value.field == "target.embedding"
