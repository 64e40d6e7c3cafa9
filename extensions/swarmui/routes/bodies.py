"""Bodies of the routes. Each names its session; unknown fields are parameters, or ignored."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from sdapi.plugin import Bool, Int, OptBool, OptDict, OptInt, OptStr, Str


def _with_session(schema: dict[str, Any]) -> None:
    """Require ``session_id`` in a schema, although a header may name the session instead."""
    schema["required"] = ["session_id", *schema.get("required", ())]


class NewSession(BaseModel):
    """Body of GetNewSession; a user to act for is refused."""

    model_config = ConfigDict(extra="allow")

    impersonateUser: OptStr = None


class SwarmBody(BaseModel):
    """The field of every other body."""

    model_config = ConfigDict(extra="allow", json_schema_extra=_with_session)

    session_id: OptStr = Field(
        default=None,
        description="of GetNewSession; or the header X-Session-ID",
        json_schema_extra={"nullable": False},
    )


class SwarmGeneration(SwarmBody):
    """Body of GenerateText2Image: how many, and T2I parameters on the same level."""

    images: OptInt = Field(default=None, description="how many pictures; required, here or in rawInput")
    rawInput: OptDict = Field(
        None, description="parameters, where a client doesn't send them on the same level"
    )


class AddedImage(SwarmGeneration):
    """Body of AddImageToHistory: a picture, and parameters for its metadata."""

    image: Str = Field(description="data URL of the picture")


class PathBody(SwarmBody):
    """Body that names a picture by its path."""

    path: Str


class PictureListing(PathBody):
    """Body of ListImages: a path, how deep to look below it, and the order."""

    depth: Int
    sortBy: Str = "Name"
    sortReverse: Bool = False


class RefreshWish(SwarmBody):
    """Body of TriggerRefresh; ``strong`` reads the folders again."""

    strong: Bool = True
    refreshType: OptStr = None


class InterruptWish(SwarmBody):
    """Body of InterruptAll: the session alone, or all of the caller's."""

    other_sessions: Bool = False


class ModelListing(SwarmBody):
    """Body of ListModels: a subtype, a path, how deep to look below it, and the order."""

    path: OptStr = ""
    depth: OptInt = 1
    subtype: OptStr = "Stable-Diffusion"
    sortBy: OptStr = "Name"
    allowRemote: OptBool = True
    sortReverse: OptBool = False
    dataImages: OptBool = False


class ModelQuestion(SwarmBody):
    """Body of DescribeModel: a file's name and subtype."""

    modelName: Str
    subtype: OptStr = "Stable-Diffusion"


class ModelChoice(SwarmBody):
    """Body of SelectModel: a checkpoint's name."""

    model: Str
    backendId: OptStr = None


class BackendChoice(SwarmBody):
    """Body of RestartBackends and FreeBackendMemory: one engine's number, or all."""

    backend: OptStr = "all"
    system_ram: OptBool = False


class SettingChanges(SwarmBody):
    """Body of ChangeUserSettings: values by the settings' names."""

    settings: OptDict = None


class ParameterEdits(SwarmBody):
    """Body of SetParamEdits: an object of the interface's own."""

    edits: OptDict = None


class NewPreset(SwarmBody):
    """Body of AddNewPreset: a preset, or the changes to one."""

    title: Str
    description: OptStr = ""
    param_map: OptDict = None
    raw: OptDict = None
    preview_image: OptStr = None
    is_edit: OptBool = False
    editing: OptStr = None


class PresetName(SwarmBody):
    """Body of DuplicatePreset and DeletePreset."""

    preset: Str


class PromptText(SwarmBody):
    """Body of TestPromptFill: a prompt with tags."""

    prompt: Str
