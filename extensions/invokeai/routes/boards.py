"""``/api/v1/boards`` and ``/api/v1/board_images``: boards, and what is on them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel, Field

from extensions.invokeai.fields.dtos import BoardDTO
from extensions.invokeai.routes.dialect import INVOKE, refusals
from extensions.invokeai.routes.shared import GalleryOf, found
from extensions.invokeai.store.images import NO_BOARD, ImageFilter
from extensions.invokeai.store.store import Gallery
from extensions.invokeai.vocabulary.nodes import ImageCategory
from sdapi.plugin import CONTROLS, ApiError, JsonResponse, answers, speaks

router = APIRouter(
    prefix="/api/v1",
    dependencies=[speaks(INVOKE)],
    tags=["invokeai"],
    responses=answers.NOT_FOUND,
)
Name = Annotated[str, Query(max_length=300)]
LARGEST = 2**63 - 1


class BoardChanges(BaseModel):
    """Changes of a board; null leaves a value as it is."""

    board_name: str | None = Field(default=None, max_length=300)
    cover_image_name: str | None = None
    archived: bool | None = None


class BoardImageBody(BaseModel):
    """A picture and a board."""

    board_id: str
    image_name: str


class BoardImagesBody(BaseModel):
    """Pictures and a board."""

    board_id: str
    image_names: list[str]


@router.post("/boards", status_code=201, dependencies=[CONTROLS])
def create_board(board_name: Name, gallery: GalleryOf, is_private: bool = False) -> BoardDTO:
    """Make a board."""
    return gallery.boards.create(board_name, is_private=is_private)


@router.get("/boards", responses=refusals(_400="neither all nor a page is asked for"))
def list_boards(
    gallery: GalleryOf,
    order_by: Literal["created_at", "board_name"] = "created_at",
    direction: Literal["ASC", "DESC"] = "DESC",
    all: bool | None = None,
    offset: Annotated[int | None, Query(ge=0, le=LARGEST)] = None,
    limit: Annotated[int | None, Query(ge=0, le=LARGEST)] = None,
    include_archived: bool = False,
) -> list[BoardDTO] | dict[str, Any]:
    """All boards as a list, or a page of them."""
    boards = gallery.boards.list(order=order_by, newest_first=direction == "DESC", archived=include_archived)
    if all:
        return boards
    if offset is None or limit is None:
        raise ApiError(400, "Invalid request: Must provide either 'all' or both 'offset' and 'limit'")
    page = [board.model_dump() for board in boards[offset : offset + limit]]
    return {"limit": limit, "offset": offset, "total": len(boards), "items": page}


@router.get("/boards/{board_id}")
def get_board(board_id: str, gallery: GalleryOf) -> BoardDTO:
    """Show a board by its id."""
    return found(lambda: gallery.boards.get(board_id), "Board")


@router.patch("/boards/{board_id}", status_code=201, dependencies=[CONTROLS])
def change_board(board_id: str, body: BoardChanges, gallery: GalleryOf) -> BoardDTO:
    """Change a board's name, cover or archiving."""
    values = {key: value for key, value in body.model_dump().items() if value is not None}
    return found(lambda: gallery.boards.change(board_id, **values), "Board")


@router.delete("/boards/{board_id}", dependencies=[CONTROLS])
def delete_board(board_id: str, gallery: GalleryOf, include_images: bool = False) -> dict[str, Any]:
    """Delete a board, and its pictures if ``include_images``."""
    found(lambda: gallery.boards.get(board_id), "Board")
    names = gallery.boards.image_names(board_id)
    if include_images:
        for name in names:
            gallery.images.delete(name)
    gallery.boards.delete(board_id)
    return {
        "board_id": board_id,
        "deleted_board_images": [] if include_images else names,
        "deleted_images": names if include_images else [],
    }


@router.get("/boards/{board_id}/image_names", response_model=list[str])
def board_image_names(
    board_id: str,
    gallery: GalleryOf,
    categories: Annotated[list[ImageCategory] | None, Query()] = None,
    is_intermediate: bool | None = None,
) -> JsonResponse:
    """Names of the pictures on a board, or on none."""
    if board_id != NO_BOARD:
        found(lambda: gallery.boards.get(board_id), "Board")
    which = ImageFilter(
        board_id=board_id, categories=tuple(categories or ()), is_intermediate=is_intermediate
    )
    return JsonResponse(gallery.boards.image_names(board_id, which))


def _put(gallery: Gallery, board_id: str, names: list[str]) -> dict[str, list[str]]:
    found(lambda: gallery.boards.get(board_id), "Board")
    known = gallery.images.named(names)
    if names and not known:
        raise ApiError(404, "Image not found")
    before = [gallery.boards.put(board_id, dto.image_name) for dto in known]
    affected = dict.fromkeys([board_id, *(board or NO_BOARD for board in before)])
    return {"added_images": [dto.image_name for dto in known], "affected_boards": list(affected)}


def _take(gallery: Gallery, names: list[str]) -> dict[str, list[str]]:
    known = gallery.images.named(names)
    if names and not known:
        raise ApiError(404, "Image not found")
    before = [gallery.boards.take(dto.image_name) for dto in known]
    affected = dict.fromkeys([NO_BOARD, *(board or NO_BOARD for board in before)])
    return {"removed_images": [dto.image_name for dto in known], "affected_boards": list(affected)}


@router.post("/board_images", status_code=201, dependencies=[CONTROLS])
def add_image(body: BoardImageBody, gallery: GalleryOf) -> dict[str, list[str]]:
    """Put a picture on a board."""
    return _put(gallery, body.board_id, [body.image_name])


@router.delete("/board_images", status_code=201, dependencies=[CONTROLS])
def remove_image(image_name: Annotated[str, Body(embed=True)], gallery: GalleryOf) -> dict[str, list[str]]:
    """Take a picture off its board."""
    return _take(gallery, [image_name])


@router.post("/board_images/batch", status_code=201, dependencies=[CONTROLS])
def add_images(body: BoardImagesBody, gallery: GalleryOf) -> dict[str, list[str]]:
    """Put pictures on a board."""
    return _put(gallery, body.board_id, body.image_names)


@router.post("/board_images/batch/delete", status_code=201, dependencies=[CONTROLS])
def remove_images(
    image_names: Annotated[list[str], Body(embed=True)], gallery: GalleryOf
) -> dict[str, list[str]]:
    """Take pictures off their boards."""
    return _take(gallery, image_names)
