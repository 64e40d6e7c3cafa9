"""Whatever stands in a field of a training route, the answer is a success or a 4xx that names the field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from sdapi.dialects.a1111.schemas import training as bodies
from sdapi.dialects.a1111.schemas.lora import TrainLoraRequest
from sdapi.http.responses import encode_base64
from tests.sdapi.conftest import Server
from tests.sdapi.dialects.a1111.routes.test_training import PREPROCESS, RECORDED, put, trainer, work
from tests.sdapi.fakes import png
from tests.sdapi.hostile_values import HOSTILE, body_with

__all__ = ["trainer", "work"]
ARGUMENTS: Mapping[str, bodies.Arguments] = {
    "create/embedding": bodies.CREATE_EMBEDDING,
    "create/hypernetwork": bodies.CREATE_HYPERNETWORK,
    "train/embedding": bodies.TRAIN_EMBEDDING,
    "train/hypernetwork": bodies.TRAIN_HYPERNETWORK,
    "preprocess": bodies.PREPROCESS,
}
USED: Mapping[str, Mapping[str, Any]] = {
    "create/hypernetwork": {"use_dropout": True, "dropout_structure": "0, 0.1, 0"},
    "train/embedding": {
        "create_image_every": 1,
        "preview_from_txt2img": True,
        "clip_grad_mode": "value",
        "shuffle_tags": True,
    },
    "train/hypernetwork": {"create_image_every": 1, "preview_from_txt2img": True, "clip_grad_mode": "norm"},
    "preprocess": {"process_focal_crop": True, "process_multicrop": True, "process_split": True},
}
"""Values under which fields count that are read only on a condition."""
LORA = {
    "output_name": "one",
    "images": [{"image": encode_base64(png()), "caption": "a square"}],
    "network_train_unet_only": False,
    "enable_bucket": True,
    "sample_every_n_steps": 1,
    "sample_prompt": "a square",
    "overwrite": True,
}
UNREAD = ("id_task", "save_image_with_stored_embedding")
"""Not checked: A1111 takes anything."""


def body_of(route: str, server: Server) -> dict[str, Any]:
    """One that is right."""
    if route == "train/lora":
        return dict(LORA)
    base = PREPROCESS if route == "preprocess" else RECORDED["base"][f"/sdapi/v1/{route}"]
    return put({**base, **USED.get(route, {})}, server.data)


def places() -> Iterator[tuple[str, str]]:
    for route, of in ARGUMENTS.items():
        yield from ((route, name) for name in (*of.required, *of.optional, *of.own))
    yield from (("train/lora", name) for name in TrainLoraRequest.model_fields)


def faults(server: Server, route: str, field: str, values: tuple[str, ...]) -> Iterator[str]:
    """Values whose answer is the server's fault, or says another field than theirs."""
    base = body_of(route, server)
    for value in values:
        body = body_with(base, (field,), value)
        headers = {"content-type": "application/json"}
        answer = server.client.post(f"/sdapi/v1/{route}", content=body, headers=headers)
        if answer.status_code < 400:
            continue
        said = answer.json()
        named = field in str(said) or "JSON" in str(said)
        if answer.status_code >= 500 or not named:
            yield f"{route} {field}={value[:40]}: {answer.status_code} {answer.text[:200]}"


@pytest.mark.parametrize(("route", "field"), list(places()))
def test_a_few_values(route: str, field: str, trainer: Server) -> None:
    values = ('"../../etc"', "-1", "1e999", "NaN", "9" * 400, "[]", "{}")
    assert list(faults(trainer, route, field, values)) == []


@pytest.mark.slow
@pytest.mark.parametrize(("route", "field"), list(places()))
def test_every_value(route: str, field: str, trainer: Server) -> None:
    assert list(faults(trainer, route, field, HOSTILE)) == []
