"""OpenAPI schemas of bodies that routes read themselves."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Mapping
from typing import Any

from pydantic import BaseModel

from extensions.fooocus.bodies.pictures import MOST_PROMPTS
from sdapi.plugin import answers

FILE: dict[str, Any] = {"type": "string", "format": "binary"}
TEXT: dict[str, Any] = {"type": "string"}
ERRORS: dict[str, Any] = {
    "type": "object",
    "properties": {"detail": {"description": "One text, or faults by their places."}},
    "required": ["detail"],
}
PICTURES: answers.Responses = {
    200: {"content": answers.binary("image/png")},
    409: {"content": {"text/plain": {"schema": TEXT}}},
    422: {},
    **{
        code: {"content": {"application/json": {"schema": ERRORS}}} for code in (403, 413, 429, 500, 503, 507)
    },
}


class LateBody(dict[str, Any]):
    """A route's body in the OpenAPI document, made when that is asked for, as it takes long."""

    def __init__(self, make: Callable[[], dict[str, Any]]) -> None:
        super().__init__(requestBody=None)
        self._make = make

    def items(self) -> ItemsView[str, Any]:  # type: ignore[override]
        """The entries that FastAPI adds to the route."""
        return self._make().items()


def json_body(model: type[BaseModel]) -> LateBody:
    """A JSON body, of which the client may send a part, or nothing."""
    return LateBody(lambda: _body({"application/json": {"schema": inlined(model)}}))


def form_body(model: type[BaseModel], *files: str, prompts: bool = False) -> LateBody:
    """A form, in which some fields are files."""
    return LateBody(lambda: _form(model, files, prompts=prompts))


def _form(model: type[BaseModel], files: tuple[str, ...], *, prompts: bool) -> dict[str, Any]:
    schema = inlined(model)
    fields: dict[str, Any] = {**schema["properties"], **dict.fromkeys(files, FILE)}
    if prompts:
        fields.pop("image_prompts", None)
        fields |= _prompt_fields()
    for name in ("loras", "advanced_params", "image_prompts", "enhance_ctrlnets"):
        if name in fields:
            fields[name] = {**TEXT, "description": "JSON"}
    required = [name for name in schema.get("required", ()) if name != "image_prompts"]
    form: dict[str, Any] = {"type": "object", "properties": fields}
    form |= {"required": required} if required else {}
    return _body({"multipart/form-data": {"schema": form}})


def _prompt_fields() -> dict[str, Any]:
    number: dict[str, Any] = {"type": "number", "minimum": 0}
    fields: dict[str, Any] = {}
    for place in range(1, MOST_PROMPTS + 1):
        fields |= {
            f"cn_img{place}": FILE,
            f"cn_stop{place}": {**number, "maximum": 1},
            f"cn_weight{place}": {**number, "maximum": 2},
            f"cn_type{place}": {"type": "string", "enum": ["ImagePrompt", "FaceSwap", "PyraCanny", "CPDS"]},
        }
    return fields


def _body(content: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": content}}


def inlined(model: type[BaseModel]) -> dict[str, Any]:
    """A model's schema with the models inside it in their places."""
    schema = model.model_json_schema(by_alias=True)
    definitions: Mapping[str, Any] = schema.pop("$defs", {})
    found = _resolved(schema, definitions)
    assert isinstance(found, dict)
    return found  # pyright: ignore[reportUnknownVariableType]


def _resolved(value: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        items: list[Any] = value
        return [_resolved(item, definitions) for item in items]
    if not isinstance(value, dict):
        return value
    fields: dict[str, Any] = value
    reference = fields.get("$ref")
    if isinstance(reference, str):
        return _resolved(definitions[reference.rpartition("/")[2]], definitions)
    found = {key: _resolved(item, definitions) for key, item in fields.items() if key != "title"}
    if isinstance(found.get("properties"), dict):
        needed = found.get("required", ())
        found["properties"] = {
            name: item if name in needed else _nullable(item) for name, item in found["properties"].items()
        }
    return found


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with null allowed, which means the same as leaving the field out."""
    if "anyOf" in schema:
        return schema
    more: dict[str, Any] = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "nullable": True, **more}
