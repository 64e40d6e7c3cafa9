"""Bodies in the OpenAPI document."""

from __future__ import annotations

from typing import Any

from extensions.fooocus.bodies.pictures import FormUpscaleOrVary, WithImagePrompts
from extensions.fooocus.routes.documents import form_body, inlined


def form_of(body: dict[str, Any]) -> dict[str, Any]:
    return dict(body.items())["requestBody"]["content"]["multipart/form-data"]["schema"]


def test_models_inside_models_stand_in_their_places() -> None:
    schema = inlined(WithImagePrompts)
    assert "$ref" not in str(schema)
    assert schema["properties"]["image_prompts"]["items"]["properties"]["cn_type"]["enum"]
    assert schema["required"] == ["image_prompts"]


def test_forms_have_files_and_texts() -> None:
    form = form_of(form_body(FormUpscaleOrVary, "input_image"))
    assert form["properties"]["input_image"]["format"] == "binary"
    assert form["properties"]["advanced_params"]["type"] == "string"
    assert form["required"] == ["input_image", "uov_method"]
    prompts = form_of(form_body(WithImagePrompts, "input_image", prompts=True))
    assert "cn_img4" in prompts["properties"]
    assert "image_prompts" not in prompts["properties"]
