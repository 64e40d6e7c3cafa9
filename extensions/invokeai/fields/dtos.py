"""A picture and a board as clients and packs see them; every key is always sent, null or not."""

from __future__ import annotations

from pydantic import BaseModel

from extensions.invokeai.vocabulary.nodes import ImageCategory, ResourceOrigin


class ImageDTO(BaseModel):
    """A picture. URLs are relative; times are UTC."""

    image_name: str
    image_url: str
    thumbnail_url: str
    image_origin: ResourceOrigin
    image_category: ImageCategory
    width: int
    height: int
    created_at: str
    updated_at: str
    deleted_at: str | None = None
    is_intermediate: bool
    session_id: str | None = None
    node_id: str | None = None
    starred: bool = False
    has_workflow: bool = False
    board_id: str | None = None


class BoardDTO(BaseModel):
    """A board. Its cover is its newest picture unless one was chosen."""

    board_id: str
    board_name: str
    user_id: str = "system"
    created_at: str
    updated_at: str
    deleted_at: str | None = None
    cover_image_name: str | None = None
    archived: bool = False
    is_private: bool | None = None
    image_count: int = 0
    asset_count: int = 0
    video_count: int = 0
