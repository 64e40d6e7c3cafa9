"""What routes answer, for the OpenAPI document; each may be an error instead."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


class SessionAnswer(BaseModel):
    """GetNewSession."""

    session_id: str
    user_id: str
    output_append_user: bool
    version: str
    server_id: str
    count_running: int
    permissions: list[str]


class PicturesAnswer(BaseModel):
    """GenerateText2Image: addresses, or data URLs."""

    images: list[str]
    warnings: list[str] | None = None


class PictureFrame(BaseModel):
    """One picture."""

    image: str
    batch_index: str
    metadata: str | None = None


class AddedAnswer(BaseModel):
    """AddImageToHistory."""

    images: list[PictureFrame]
    warnings: list[str] | None = None


class ListedPicture(BaseModel):
    """One file."""

    src: str
    metadata: str | None = None


class PicturesListing(BaseModel):
    """ListImages."""

    folders: list[str]
    files: list[ListedPicture]


class Success(BaseModel):
    """It is done."""

    success: bool
    warnings: list[str] | None = None


class StarAnswer(BaseModel):
    """ToggleImageStarred."""

    new_state: bool


class ParametersAnswer(BaseModel):
    """ListT2IParams."""

    list: list[dict[str, Any]]
    groups: list[dict[str, Any]]
    models: dict[str, list[str]]
    wildcards: list[str]
    param_edits: dict[str, Any] | None = None


class StatusCounts(BaseModel):
    """Pictures of a session."""

    waiting_gens: int
    loading_models: int
    waiting_backends: int
    live_gens: int


class StatusAnswer(BaseModel):
    """GetCurrentStatus."""

    status: StatusCounts
    backend_status: dict[str, Any]
    supported_features: list[str]


class ModelsAnswer(BaseModel):
    """ListModels."""

    folders: list[str]
    files: list[dict[str, Any]]


class ModelAnswer(BaseModel):
    """DescribeModel."""

    model: dict[str, Any]


class LoadedAnswer(BaseModel):
    """ListLoadedModels."""

    models: list[dict[str, Any]]


class CountAnswer(BaseModel):
    """RestartBackends and FreeBackendMemory."""

    result: bool | str
    count: int


class FilledAnswer(BaseModel):
    """TestPromptFill."""

    result: str
