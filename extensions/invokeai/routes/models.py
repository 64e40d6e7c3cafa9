"""``/api/v2/models``: the server's models."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query

from extensions.invokeai.models.configs import AnyModelConfig
from extensions.invokeai.routes.dialect import INVOKE
from extensions.invokeai.routes.refused import FILES, INSTALLS, TOKENS, refuse
from extensions.invokeai.routes.shared import ServiceOf
from extensions.invokeai.vocabulary.models import BaseModelType, ModelFormat, ModelType
from pipelines.plugin import UnloadRequest
from sdapi.plugin import ApiError, StateOf, answers, speaks, submit

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
    """List all models, or those with the given facts."""
    models = service.catalog.search(name=model_name, type=model_type, format=model_format)
    return {"models": [_shown(m) for m in models if not base_models or m.base in base_models]}


@router.get("/get_by_attrs")
def get_by_attrs(name: str, type: ModelType, base: BaseModelType, service: ServiceOf) -> dict[str, Any]:
    """Show the first model with these facts."""
    models = service.catalog.search(name=name, base=base, type=type)
    if not models:
        raise ApiError(404, "No model found with these attributes")
    return _shown(models[0])


@router.get("/i/{key}")
def get_model(key: str, service: ServiceOf) -> dict[str, Any]:
    """Show a model by its key."""
    model = service.catalog.find(key)
    if model is None:
        raise ApiError(404, f"Model {key} not found")
    return _shown(model)


@router.get("/stats")
def stats() -> None:
    """Answer null: engines keep no figures like those of InvokeAI's cache of models."""


@router.post("/empty_model_cache", responses=answers.QUEUED)
async def empty_model_cache(state: StateOf) -> None:
    """Let an engine drop its models."""
    await (await submit(state, UnloadRequest())).result()


@router.get("/scan_folder")
def scan_folder(
    service: ServiceOf, scan_path: Annotated[str | None, Query(max_length=4096)] = None
) -> list[dict[str, Any]]:
    """List the server's models below a folder; files elsewhere are not looked for."""
    below = Path(scan_path or "").absolute()
    paths = [Path(model.path) for model in service.catalog.list()]
    return [{"path": str(path), "is_installed": True} for path in paths if below in path.parents]


@router.get("/starter_models")
def starter_models() -> dict[str, Any]:
    """List none: the server downloads nothing."""
    return {"starter_models": [], "starter_bundles": {}}


@router.get("/install")
def list_installs() -> list[dict[str, Any]]:
    """List none: models are installed by putting files into folders."""
    return []


@router.delete("/install", status_code=204)
def prune_installs() -> None:
    """Do nothing: there are no installs."""


@router.get("/install/{install_id}")
def get_install(install_id: str) -> None:
    """Answer 404: there are no installs."""
    raise ApiError(404, f"Install job {install_id} not found")


@router.get("/i/{key}/image")
def get_model_image(key: str) -> None:
    """Answer 404: models have no pictures here."""
    raise ApiError(404, f"Model {key} has no image")


@router.get("/hf_login")
def hf_login() -> str:
    """Answer "unknown": the server has no account."""
    return "unknown"


refuse(router, TOKENS, "POST /hf_login", "DELETE /hf_login")
refuse(router, INSTALLS, "POST /install", "DELETE /install/{install_id}", "PUT /convert/{key}")
refuse(router, FILES, "PATCH /i/{key}", "DELETE /i/{key}", "PATCH /i/{key}/image", "DELETE /i/{key}/image")
