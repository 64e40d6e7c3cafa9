"""The body of train/lora becomes a training run."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import anyio
import pytest

from pipelines.contract.errors import InvalidRequest, SdapiError
from pipelines.contract.training import LoraTarget, TrainRequest
from sdapi.dialects.a1111.arguments import naming
from sdapi.dialects.a1111.lora import LoraBody
from sdapi.dialects.a1111.schemas.lora import TrainLoraRequest
from sdapi.http.errors import ApiError
from tests.sdapi.fakes import OTHER, TINY, png
from tests.sdapi.states import make_state

IMAGE = {"image": base64.b64encode(png()).decode(), "caption": "a square"}


def body_of(data: Path, **changes: Any) -> LoraBody:
    sent = {"output_name": "one", "images": [IMAGE], "resolution": 64, **changes}
    return LoraBody(body=TrainLoraRequest.model_validate(sent), state=make_state(data))


def asked(data: Path, **changes: Any) -> TrainRequest:
    body = body_of(data, **changes)

    async def request() -> TrainRequest:
        with naming(body.names):
            return await body.request()

    return anyio.run(request)


def target_of(data: Path, **changes: Any) -> LoraTarget:
    target = asked(data, **changes).target
    assert isinstance(target, LoraTarget)
    return target


def test_pictures_come_with_the_request(tmp_path: Path) -> None:
    request = asked(tmp_path, caption_prefix="style, ")
    (upload,) = request.pictures.uploads
    assert (upload.image, upload.words) == (png(), "a square")
    assert request.pictures.template == ("style, [filewords]",)
    assert (request.name, request.checkpoint, request.preview) == ("one", OTHER.filename, None)
    assert target_of(tmp_path).path == str(tmp_path / "models" / "Lora" / "one.safetensors")


def test_pictures_may_lie_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "outputs" / "pics").mkdir(parents=True)
    pictures = asked(tmp_path, images=[], train_data_dir="outputs/pics").pictures
    assert (pictures.folder, pictures.folder_as_sent) == (str(tmp_path / "outputs" / "pics"), "outputs/pics")
    assert pictures.uploads == ()


@pytest.mark.parametrize(
    ("changes", "size"),
    [({}, (64, 64)), ({"width": 128}, (128, 64)), ({"height": 96}, (64, 96)), ({"width": 0}, (64, 64))],
)
def test_a_side_is_the_resolution_unless_sent(
    changes: dict[str, Any], size: tuple[int, int], tmp_path: Path
) -> None:
    pictures = asked(tmp_path, **changes).pictures
    assert (pictures.width, pictures.height) == size


@pytest.mark.parametrize(
    ("changes", "step"), [({}, 0), ({"enable_bucket": True}, 64), ({"bucket_reso_steps": 32}, 0)]
)
def test_buckets_need_the_switch(changes: dict[str, Any], step: int, tmp_path: Path) -> None:
    assert asked(tmp_path, **changes).pictures.bucket_step == step


@pytest.mark.parametrize(
    ("changes", "unet", "rate"),
    [
        ({}, True, 0.0),
        ({"network_train_unet_only": False}, True, 1e-4),
        ({"network_train_unet_only": False, "text_encoder_lr": 1e-5}, True, 1e-5),
        ({"network_train_unet_only": False, "text_encoder_lr": 0}, True, 0.0),
        ({"network_train_unet_only": False, "network_train_text_encoder_only": True}, False, 1e-4),
    ],
)
def test_parts_are_trained_at_their_rates(
    changes: dict[str, Any], unet: bool, rate: float, tmp_path: Path
) -> None:
    target = target_of(tmp_path, **changes)
    assert (target.unet, target.text_encoder_rate) == (unet, rate)


def test_alpha_is_the_rank_unless_sent(tmp_path: Path) -> None:
    assert (target_of(tmp_path, network_dim=8).rank, target_of(tmp_path, network_dim=8).alpha) == (8, 8.0)
    assert target_of(tmp_path, network_dim=8, network_alpha=0.5).alpha == 0.5


@pytest.mark.parametrize(("sent", "prediction"), [(None, ""), (True, "v_prediction"), (False, "epsilon")])
def test_a_prediction_may_be_forced(sent: bool | None, prediction: str, tmp_path: Path) -> None:
    assert target_of(tmp_path, v_parameterization=sent).prediction == prediction


def test_the_pace_is_kohyas(tmp_path: Path) -> None:
    steps = asked(
        tmp_path, max_train_steps=7, train_batch_size=2, learning_rate=0.01, max_grad_norm=0.5
    ).steps
    assert (steps.steps, steps.batch_size, steps.learn_rate) == (7, 2, "0.01")
    assert (steps.clip_mode, steps.clip_value) == ("norm", "0.5")
    own = asked(tmp_path, learning_rate=0.01, unet_lr=0.02, max_grad_norm=0).steps
    assert (own.learn_rate, own.clip_mode) == ("0.02", "disabled")


def test_a_preview_needs_an_interval(tmp_path: Path) -> None:
    own = asked(tmp_path, sample_every_n_steps=5, sample_prompt="x", sample_seed=3, sample_steps=4).preview
    assert own is not None
    assert (own.request.prompt, own.request.seeds.seed, own.request.steps) == ("x", 3, 4)
    assert (own.request.width, own.request.height, own.prompt_from_picture) == (64, 64, False)
    drawn = asked(tmp_path, sample_every_n_steps=5, sample_seed=-1).preview
    assert drawn is not None
    assert (drawn.prompt_from_picture, drawn.request.seeds.random) == (True, True)


def test_clip_skip_and_checkpoint_are_for_the_run(tmp_path: Path) -> None:
    request = asked(tmp_path, clip_skip=2, sd_model_checkpoint="tiny-sd1", seed=9)
    assert (request.options.CLIP_stop_at_last_layers, request.checkpoint, request.seed) == (
        2,
        TINY.filename,
        9,
    )


def test_an_existing_file_is_replaced_on_demand(tmp_path: Path) -> None:
    file = tmp_path / "models" / "Lora" / "one.safetensors"
    file.parent.mkdir(parents=True)
    file.touch()
    with pytest.raises(InvalidRequest, match="overwrite: true") as refused:
        asked(tmp_path)
    assert refused.value.field == "overwrite"
    assert target_of(tmp_path, overwrite=True).path == str(file)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"output_name": "/"}, "output_name"),
        ({"images": []}, "train_data_dir"),
        ({"train_data_dir": "outputs"}, "train_data_dir"),
        ({"images": [], "train_data_dir": "outputs/gone"}, "train_data_dir"),
        ({"images": [], "train_data_dir": "/etc"}, "train_data_dir"),
        ({"logging_dir": "/etc"}, "logging_dir"),
        ({"network_train_text_encoder_only": True}, "network_train_text_encoder_only"),
        ({"lr_scheduler": "warp"}, "lr_scheduler"),
        ({"save_precision": "int8"}, "save_precision"),
        ({"network_dim": 1025}, "network_dim"),
        ({"clip_skip": 13}, "clip_skip"),
        ({"resolution": 7}, "resolution"),
        ({"width": 7}, "width"),
        ({"sample_every_n_steps": 1, "sample_sampler": "magic"}, "sample_sampler"),
        ({"sample_every_n_steps": 1, "sample_steps": 0}, "sample_steps"),
        ({"max_train_steps": 10**9}, "max_train_steps"),
        ({"sd_model_checkpoint": "gone"}, "sd_model_checkpoint"),
    ],
)
def test_a_wrong_field_has_the_routes_name(changes: dict[str, Any], field: str, tmp_path: Path) -> None:
    with pytest.raises(SdapiError) as refused:
        asked(tmp_path, **changes)
    assert refused.value.field == field


def test_a_broken_picture_is_blamed_by_number(tmp_path: Path) -> None:
    with pytest.raises(ApiError) as refused:
        asked(tmp_path, images=[IMAGE, {"image": "!"}])
    assert refused.value.field == "images.1"


def test_an_engines_errors_name_the_sent_side(tmp_path: Path) -> None:
    names = body_of(tmp_path, width=128).names
    assert (names["pictures.width"], names["pictures.height"]) == ("width", "resolution")
