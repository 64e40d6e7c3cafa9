"""Build the OpenAPI document when it is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from sdapi.core.state import State
from sdapi.dialects.a1111.schemas.errors import ErrorBody, RouterError
from sdapi.flags.table import TABLE
from sdapi.http import answers
from sdapi.http.declared import Door
from sdapi.openapi import security, tags
from sdapi.openapi.preferences import add_preferences
from sdapi.openapi.settings import flag_properties, option_properties
from sdapi.openapi.version30 import plain

VERSION = "3.0.2"
LICENSE = {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0.html"}
ABOUT = "The API of AUTOMATIC1111's web UI, served by sdapi, and what sdapi adds to it."
REFERENCE = "#/components/schemas/"
METHODS = frozenset({"get", "post", "put", "patch", "delete"})


class Document:
    """Stands in for ``app.openapi``; the document is kept until routes are added."""

    def __init__(self, app: FastAPI, state: State) -> None:
        self._app = app
        self._state = state
        self._found = app.openapi
        self._base: object = None
        self._built: dict[str, Any] = {}
        self._added: Mapping[str, Any] = {}
        self._whole: dict[str, Any] = {}

    def __call__(self) -> dict[str, Any]:
        """The document, with the routes that load late."""
        self._app.state.late.load()
        base = self._found()
        if base is not self._base:
            self._built, self._base = build(base, self._state, self._app.state.door), base
            self._whole = {}
        added = self._state.hooks.components(self._state)
        if not self._whole or added != self._added:
            self._whole, self._added = with_components(self._built, added), added
        return self._whole


def with_components(document: dict[str, Any], added: Mapping[str, Any]) -> dict[str, Any]:
    """The document with more schemas; those that it has already stay as they are."""
    if not added:
        return document
    components = document["components"]
    schemas: dict[str, Any] = {**plain({"schemas": dict(added)})["schemas"], **components["schemas"]}
    return {**document, "components": {**components, "schemas": dict(sorted(schemas.items()))}}


def install_document(app: FastAPI, state: State) -> None:
    """Let the application answer with the finished document."""
    app.openapi_version = VERSION
    setattr(app, "openapi", Document(app, state))  # noqa: B010  FastAPI's way, which its type forbids


def build(found: Mapping[str, Any], state: State, door: Door) -> dict[str, Any]:
    """FastAPI's document in the terms of OpenAPI 3.0, with additions that the routes' types don't hold."""
    from sdapi.jobs.schemas import JobAccepted, JobMessage

    document: dict[str, Any] = plain(dict(found))
    components: dict[str, Any] = document.setdefault("components", {})
    schemas: dict[str, Any] = components.setdefault("schemas", {})
    _add_models(schemas, (ErrorBody, RouterError, JobAccepted, JobMessage))
    _add_settings(schemas, state)
    _add_arguments(schemas, state.hooks.argument_schemas())
    _complete_operations(document, schemas, door)
    components["schemas"] = dict(sorted(schemas.items()))
    components["responses"] = answers.components()
    components["securitySchemes"] = security.SCHEMES
    document["security"] = security.requirement(state.config)
    document["info"] |= {"description": ABOUT, "license": LICENSE}
    if not state.config.subpath:
        document["servers"] = [{"url": "/"}]
    return document


def _complete_operations(document: dict[str, Any], schemas: dict[str, Any], door: Door) -> None:
    used: set[str] = set()
    for path, item in document["paths"].items():
        errors = door.dialect_of_path(path).errors
        _add_models(schemas, tuple(dict.fromkeys((errors or {}).values())))
        for method, operation in item.items():
            if method not in METHODS:
                continue
            guarded = security.is_guarded(path)
            operation.setdefault("tags", [tags.tag_of(path)])
            used.update(operation["tags"])
            add_preferences(operation, schemas)
            if errors is None:
                answers.complete(method, operation, guarded=guarded)
            else:
                answers.complete_as(operation, errors)
            if not guarded:
                operation["security"] = []
    document["tags"] = tags.listed(used)


def _add_models(schemas: dict[str, Any], models: tuple[type[BaseModel], ...]) -> None:
    """Enter models, and those inside them, that no route's type names."""
    _, definitions = models_json_schema(
        [(model, "serialization") for model in models], ref_template=REFERENCE + "{model}"
    )
    schemas |= plain({"schemas": definitions.get("$defs", {})})["schemas"]


def _add_settings(schemas: dict[str, Any], state: State) -> None:
    """Fill in the models whose fields are data."""
    for name, properties in (
        ("Options", option_properties(state.store.table.values())),
        ("Flags", flag_properties(TABLE)),
    ):
        schemas[name] = {**schemas[name], "properties": properties}


def _add_arguments(schemas: dict[str, Any], models: Mapping[str, type[BaseModel]]) -> None:
    """Describe the arguments of always-on scripts, which take anything else too."""
    _add_models(schemas, tuple(models.values()))
    scripts = {
        title: {
            "type": "object",
            "properties": {"args": {"type": "array", "items": {"$ref": REFERENCE + model.__name__}}},
            "additionalProperties": True,
        }
        for title, model in models.items()
    }
    for name in ("StableDiffusionProcessingTxt2Img", "StableDiffusionProcessingImg2Img"):
        field = schemas[name]["properties"]["alwayson_scripts"]
        field["properties"] = scripts
        field.pop("default", None)  # generators can't have a default of an object with properties
