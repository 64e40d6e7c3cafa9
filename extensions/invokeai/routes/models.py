"""``/api/v2/models``: the server's models."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from extensions.invokeai.models.configs import AnyModelConfig
from extensions.invokeai.routes.dialect import INVOKE
from extensions.invokeai.routes.shared import ServiceOf
from extensions.invokeai.vocabulary.models import BaseModelType, ModelFormat, ModelType
from sdapi.plugin import ApiError, answers, speaks

router = APIRouter(
    prefix="/api/v2/models",
    dependencies=[speaks(INVOKE)],
    tags=["invokeai"],
    responses=answers.NOT_FOUND,
)


def _shown(model: AnyModelConfig) -> dict[str, Any]:
    return model.model_dump(mode="json")


@router.get("")
def list_models(
    service: ServiceOf,
    base_models: Annotated[list[BaseModelType] | None, Query()] = None,
    model_type: ModelType | None = None,
    model_name: str | None = None,
    model_format: ModelFormat | None = None,
) -> dict[str, Any]:
    """All of them, or those that are asked for."""
    models = service.catalog.search(name=model_name, type=model_type, format=model_format)
    return {"models": [_shown(m) for m in models if not base_models or m.base in base_models]}


@router.get("/get_by_attrs")
def get_by_attrs(name: str, type: ModelType, base: BaseModelType, service: ServiceOf) -> dict[str, Any]:
    """The first with these facts."""
    models = service.catalog.search(name=name, base=base, type=type)
    if not models:
        raise ApiError(404, "No model found with these attributes")
    return _shown(models[0])


@router.get("/i/{key}")
def get_model(key: str, service: ServiceOf) -> dict[str, Any]:
    """A model by its key."""
    model = service.catalog.find(key)
    if model is None:
        raise ApiError(404, f"Model {key} not found")
    return _shown(model)
