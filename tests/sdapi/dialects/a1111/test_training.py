"""Arguments of training routes are checked in the original's order and words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anyio
import pytest

from pipelines.contract.errors import InvalidRequest, SdapiError
from pipelines.contract.training import EmbeddingTarget, HypernetworkTarget, TrainRequest
from sdapi.core.services import EmbeddingRow
from sdapi.dialects.a1111.training import Trained, TrainingArguments
from tests.sdapi.fakes import OTHER, FakeCatalog
from tests.sdapi.states import make_state


class _Catalog(FakeCatalog):
    def embeddings(self, checkpoint: str | None) -> tuple[Sequence[EmbeddingRow], Sequence[EmbeddingRow]]:
        """One with a file that fits, one that doesn't fit."""
        fits = EmbeddingRow(name="fits", shape=64, vectors=1, path="/embeddings/fits.pt")
        return (fits,), (EmbeddingRow(name="misfit", shape=128, vectors=1, path="/embeddings/misfit.pt"),)


BODY: dict[str, Any] = {
    "embedding_name": "fits",
    "hypernetwork_name": "tinyhn",
    "learn_rate": "0.005",
    "batch_size": 1,
    "gradient_step": 1,
    "data_root": "outputs",
    "log_directory": "textual_inversion",
    "training_width": 64,
    "training_height": 64,
    "varsize": False,
    "steps": 4,
    "clip_grad_mode": "disabled",
    "clip_grad_value": "0.1",
    "shuffle_tags": False,
    "tag_drop_out": 0,
    "latent_sampling_method": "once",
    "use_weight": False,
    "create_image_every": 0,
    "save_embedding_every": 3,
    "save_hypernetwork_every": None,
    "template_filename": "subject.txt",
    "save_image_with_stored_embedding": True,
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a folder of pictures."""
    (tmp_path / "outputs").mkdir()
    return tmp_path


def asked(
    data: Path, *, trains: Trained = "embedding", lenient: bool = False, options: Any = None, **changes: Any
) -> TrainRequest:
    state = make_state(data, catalog=_Catalog(), options=options)
    read = TrainingArguments(trains=trains, body={**BODY, **changes}, state=state, lenient=lenient)
    return anyio.run(read.request)


def refusal(data: Path, **changes: Any) -> tuple[str, str | None]:
    with pytest.raises(SdapiError) as refused:
        asked(data, **changes)
    return refused.value.message, refused.value.field


def test_an_embedding_is_trained(data: Path) -> None:
    request = asked(data, seed=3)
    assert (request.name, request.seed, request.checkpoint) == ("fits", 3, OTHER.filename)
    assert request.target == EmbeddingTarget(path="/embeddings/fits.pt")
    assert (request.steps.steps, request.steps.learn_rate, request.steps.clip_mode) == (
        4,
        "0.005",
        "disabled",
    )
    assert (request.log.save_every, request.log.picture_every) == (3, 0)
    assert (request.log.embedding_pictures, request.log.lenient) == (True, False)
    assert (request.pictures.folder, request.pictures.folder_as_sent) == (str(data / "outputs"), "outputs")


def test_a_hypernetwork_is_trained(data: Path) -> None:
    request = asked(data, trains="hypernetwork", clip_grad_mode="value", latent_sampling_method="random")
    assert request.target == HypernetworkTarget(path="/models/hypernetworks/tinyhn.pt")
    assert (request.log.save_every, request.log.embedding_pictures) == (0, False)
    assert (request.steps.clip_mode, request.steps.clip_value) == ("value", "0.1")
    assert request.pictures.latents == "random"


def test_options_shape_a_run(data: Path) -> None:
    options = {
        "training_write_csv_every": 7,
        "save_optimizer_state": True,
        "save_training_settings_to_txt": False,
        "dataset_filename_word_regex": r"[a-z]+",
        "dataset_filename_join_string": "-",
    }
    request = asked(data, options=options)
    log = request.log
    assert (log.csv_every, log.optimizer_state, log.settings_file) == (7, True, False)
    assert (request.pictures.word_regex, request.pictures.join_string) == ("[a-z]+", "-")


IN_ORDER: tuple[tuple[dict[str, Any], str], ...] = (
    ({"embedding_name": ""}, "embedding not selected"),
    ({"learn_rate": ""}, "Learning rate is empty or 0"),
    ({"batch_size": "1"}, "Batch size must be integer"),
    ({"gradient_step": 0}, "Gradient accumulation step must be positive"),
    ({"data_root": ""}, "Dataset directory is empty"),
    ({"template_filename": ""}, "Prompt template file not selected"),
    ({"steps": 0}, "Max steps is empty or 0"),
    ({"save_embedding_every": "3"}, "Save {name} must be integer"),
    ({"create_image_every": -1}, "Create image must be positive or 0"),
    ({"log_directory": ""}, "Log directory is empty"),
)


@pytest.mark.parametrize("first", range(len(IN_ORDER)))
def test_the_first_fault_in_the_originals_order_counts(first: int, data: Path) -> None:
    faults = {name: value for changes, _ in IN_ORDER[first:] for name, value in changes.items()}
    changes, text = IN_ORDER[first]
    assert refusal(data, **faults) == (text, next(iter(changes)))


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"learn_rate": 0}, "Learning rate is empty or 0"),
        ({"batch_size": 0}, "Batch size must be positive"),
        ({"batch_size": -1}, "Batch size must be positive"),
        ({"gradient_step": None}, "Gradient accumulation step must be integer"),
        ({"data_root": "outputs/gone"}, "Dataset directory doesn't exist"),
        ({"template_filename": "gone.txt"}, "Prompt template file gone.txt not found"),
        ({"steps": None}, "Max steps is empty or 0"),
        ({"steps": 1.5}, "Max steps must be integer"),
        ({"steps": -1}, "Max steps must be positive"),
        ({"save_embedding_every": -1}, "Save {name} must be positive or 0"),
        ({"create_image_every": "1"}, "Create image must be integer"),
    ],
)
def test_other_faults_have_the_originals_words(changes: dict[str, Any], text: str, data: Path) -> None:
    assert refusal(data, **changes) == (text, next(iter(changes)))


def test_a_hypernetwork_must_be_chosen(data: Path) -> None:
    expected = ("hypernetwork not selected", "hypernetwork_name")
    assert refusal(data, trains="hypernetwork", hypernetwork_name=None) == expected


@pytest.mark.parametrize(
    ("trains", "lenient", "text"),
    [
        ("embedding", False, "no embedding that fits the checkpoint is called 'misfit'"),
        ("hypernetwork", False, "no hypernetwork is called 'misfit'"),
        ("embedding", True, "'misfit'"),
        ("hypernetwork", True, "expected str, bytes or os.PathLike object, not NoneType"),
    ],
)
def test_an_unknown_target_is_not_found(trains: Trained, lenient: bool, text: str, data: Path) -> None:
    field = f"{trains}_name"
    assert refusal(data, trains=trains, lenient=lenient, **{field: "misfit"}) == (text, field)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"learn_rate": 0.005}, "learn_rate"),
        ({"learn_rate": "fast"}, "learn_rate"),
        ({"clip_grad_mode": "norm", "clip_grad_value": 1}, "clip_grad_value"),
        ({"clip_grad_mode": "norm", "clip_grad_value": "x"}, "clip_grad_value"),
        ({"training_width": "wide"}, "training_width"),
        ({"varsize": "perhaps"}, "varsize"),
        ({"seed": "x"}, "seed"),
    ],
)
def test_values_of_another_type_are_named(changes: dict[str, Any], field: str, data: Path) -> None:
    assert refusal(data, **changes)[1] == field


def test_a_clip_value_counts_only_with_a_mode(data: Path) -> None:
    assert asked(data, clip_grad_mode="none of these", clip_grad_value="x").steps.clip_mode == "disabled"


def test_lenient_errors_are_pythons(data: Path) -> None:
    text, field = refusal(data, lenient=True, learn_rate=0.005)
    assert (text, field) == ("'float' object has no attribute 'split'", "learn_rate")
    assert refusal(data, lenient=True, training_width=0)[0] == "No images have been found in the dataset."


def test_folders_stay_inside(data: Path) -> None:
    assert refusal(data, data_root="/etc")[1] == "data_root"
    assert refusal(data, log_directory="/etc")[1] == "log_directory"


def test_a_broken_pattern_is_an_options_fault(data: Path) -> None:
    with pytest.raises(InvalidRequest, match="dataset_filename_word_regex"):
        asked(data, options={"dataset_filename_word_regex": "("})
