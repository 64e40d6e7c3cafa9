"""``/api/v1/workflows``: workflows of editors, kept for their users."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query

from extensions.invokeai.routes.dialect import INVOKE
from extensions.invokeai.routes.shared import GalleryOf, found
from sdapi.plugin import CONTROLS, answers, speaks

router = APIRouter(
    prefix="/api/v1/workflows", dependencies=[speaks(INVOKE)], tags=["invokeai"], responses=answers.NOT_FOUND
)
Workflow = Annotated[dict[str, Any], Body(embed=True)]
MOST_PAGES = 10_000_000


@router.get("")
def list_workflows(
    gallery: GalleryOf,
    page: Annotated[int, Query(ge=0, le=MOST_PAGES)] = 0,
    per_page: Annotated[int | None, Query(ge=1, le=MOST_PAGES)] = None,
    order_by: Literal["created_at", "updated_at", "opened_at", "name"] = "created_at",
    direction: Literal["ASC", "DESC"] = "DESC",
    categories: Annotated[list[Literal["user", "default", "project"]] | None, Query()] = None,
    query: Annotated[str | None, Query(max_length=1000)] = None,
) -> dict[str, Any]:
    """List a page of workflows, without their graphs."""
    listed = gallery.workflows.list(
        categories=categories or (), search=query or "", order=order_by, newest_first=direction == "DESC"
    )
    size = per_page or max(len(listed), 1)
    items = [{**row, "thumbnail_url": None} for row in listed[page * size : (page + 1) * size]]
    pages = -(-len(listed) // size)
    return {"page": page, "pages": pages, "per_page": size, "total": len(listed), "items": items}


@router.post("", dependencies=[CONTROLS])
def create_workflow(workflow: Workflow, gallery: GalleryOf) -> dict[str, Any]:
    """Keep a workflow under a new id."""
    return gallery.workflows.create(workflow)


@router.get("/i/{workflow_id}")
def get_workflow_record(workflow_id: str, gallery: GalleryOf) -> dict[str, Any]:
    """Show a workflow by its id."""
    record = found(lambda: gallery.workflows.get(workflow_id), "Workflow")
    return {**record, "thumbnail_url": None}


@router.patch("/i/{workflow_id}", dependencies=[CONTROLS])
def change_workflow(workflow_id: str, workflow: Workflow, gallery: GalleryOf) -> dict[str, Any]:
    """Put another in a workflow's place."""
    return found(lambda: gallery.workflows.change(workflow_id, workflow), "Workflow")


@router.put("/i/{workflow_id}/opened_at", dependencies=[CONTROLS])
def note_opened(workflow_id: str, gallery: GalleryOf) -> None:
    """Note that a workflow is looked at."""
    found(lambda: gallery.workflows.open(workflow_id), "Workflow")


@router.delete("/i/{workflow_id}", dependencies=[CONTROLS])
def delete_workflow(workflow_id: str, gallery: GalleryOf) -> None:
    """Forget a workflow."""
    found(lambda: gallery.workflows.delete(workflow_id), "Workflow")
