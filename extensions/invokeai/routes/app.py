"""``/api/v1/app``, ``utilities`` and ``download_queue``: what the server has, and dynamic prompts."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from extensions.invokeai.nodes.dynamic import expand
from extensions.invokeai.routes.dialect import INVOKE
from extensions.invokeai.routes.refused import DOWNLOADS, refuse
from extensions.invokeai.routes.shared import ServiceOf
from extensions.invokeai.vocabulary.version import __version__
from sdapi.plugin import READS, ApiError, answers, speaks

router = APIRouter(
    prefix="/api/v1",
    dependencies=[speaks(INVOKE)],
    tags=["invokeai"],
    responses=answers.NOT_FOUND,
)
MOST_PROMPTS = 10_000


class DynamicPrompts(BaseModel):
    """A prompt with alternatives."""

    prompt: str = Field(max_length=100_000)
    max_prompts: Annotated[int, Field(ge=1, le=MOST_PROMPTS)] = 1000
    combinatorial: bool = True
    seed: int | None = None


@router.get("/app/version")
def version() -> dict[str, Any]:
    """The release of InvokeAI whose interface this is."""
    return {"version": __version__, "highlights": None}


@router.get("/app/nodes")
def nodes(service: ServiceOf) -> dict[str, Any]:
    """All types of nodes in Invoke's form, and the packs that were left out with the reasons."""
    return {**service.nodes.document, "failed_packs": dict(service.nodes.failed)}


@router.post("/utilities/dynamicprompts", dependencies=[READS])
def dynamicprompts(body: DynamicPrompts) -> dict[str, Any]:
    """The prompts that alternatives mean; where they can't be read, the text itself and the error."""
    try:
        prompts = expand(body.prompt, body.max_prompts, combinatorial=body.combinatorial, seed=body.seed)
    except (ValueError, RecursionError) as error:
        return {"prompts": [body.prompt], "error": str(error)}
    return {"prompts": prompts, "error": None}


@router.get("/download_queue")
def list_downloads() -> list[dict[str, Any]]:
    """None: the server downloads nothing."""
    return []


@router.get("/download_queue/i/{download_id}")
def get_download(download_id: str) -> None:
    """Answer 404: there are no downloads."""
    raise ApiError(404, f"Download {download_id} not found")


refuse(router, DOWNLOADS, "POST /download_queue/i")
