"""Answers of the routes, for the OpenAPI document; each may be an error instead."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


class SessionAnswer(BaseModel):
    """Answer of GetNewSession: a session, its user and rights, and the server."""

    session_id: str
    user_id: str
    output_append_user: bool
    version: str
    server_id: str
    count_running: int
    permissions: list[str]


class PicturesAnswer(BaseModel):
    """Answer of GenerateText2Image: addresses of pictures, or data URLs."""

    images: list[str]
    warnings: list[str] | None = None


class PictureFrame(BaseModel):
    """One picture: its address or data URL, and its metadata as JSON text."""

    image: str
    batch_index: str
    metadata: str | None = None


class AddedAnswer(BaseModel):
    """Answer of AddImageToHistory: the picture that was kept."""

    images: list[PictureFrame]
    warnings: list[str] | None = None


class ListedPicture(BaseModel):
    """One file: its path below the one that was asked for, and its metadata as JSON text."""

    src: str
    metadata: str | None = None


class PicturesListing(BaseModel):
    """Answer of ListImages: paths of folders, and files."""

    folders: list[str]
    files: list[ListedPicture]


class Success(BaseModel):
    """Answer of a route that has done what was asked."""

    success: bool
    warnings: list[str] | None = None


class StarAnswer(BaseModel):
    """Answer of ToggleImageStarred: True if the picture is starred now."""

    new_state: bool


class ParametersAnswer(BaseModel):
    """Answer of ListT2IParams and TriggerRefresh: parameters, their groups, and the names that they take."""

    list: list[dict[str, Any]]
    groups: list[dict[str, Any]]
    models: dict[str, list[str]]
    wildcards: list[str]
    param_edits: dict[str, Any] | None = None


class StatusCounts(BaseModel):
    """Numbers of a session's pictures: not there yet, loading a model, waiting for an engine, being drawn."""

    waiting_gens: int
    loading_models: int
    waiting_backends: int
    live_gens: int


class StatusAnswer(BaseModel):
    """Answer of GetCurrentStatus: the session's pictures, the engines, and the features of the server."""

    status: StatusCounts
    backend_status: dict[str, Any]
    supported_features: list[str]


class ModelsAnswer(BaseModel):
    """Answer of ListModels: paths of folders, and descriptions of files."""

    folders: list[str]
    files: list[dict[str, Any]]


class ModelAnswer(BaseModel):
    """Answer of DescribeModel: the description of one file."""

    model: dict[str, Any]


class LoadedAnswer(BaseModel):
    """Answer of ListLoadedModels: the current checkpoint, if there is one."""

    models: list[dict[str, Any]]


class CountAnswer(BaseModel):
    """Answer of RestartBackends and FreeBackendMemory: the outcome, and the number of engines."""

    result: bool | str
    count: int


class FilledAnswer(BaseModel):
    """Answer of TestPromptFill: the prompt with its tags evaluated."""

    result: str
