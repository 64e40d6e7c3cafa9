"""What routes are sent. Every body names its session; fields that nobody knows are parameters, or ignored."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from sdapi.plugin import Bool, Int, OptBool, OptDict, OptInt, OptStr, Str


def _with_session(schema: dict[str, Any]) -> None:
    """Say that a body names its session; one without is read where a header does."""
    schema["required"] = ["session_id", *schema.get("required", ())]


class NewSession(BaseModel):
    """GetNewSession."""

    model_config = ConfigDict(extra="allow")

    impersonateUser: OptStr = None


class SwarmBody(BaseModel):
    """What every other body has."""

    model_config = ConfigDict(extra="allow", json_schema_extra=_with_session)

    session_id: OptStr = Field(
        default=None,
        description="of GetNewSession; or the header X-Session-ID",
        json_schema_extra={"nullable": False},
    )


class SwarmGeneration(SwarmBody):
    """GenerateText2Image: how many, and T2I parameters on the same level."""

    images: OptInt = Field(default=None, description="how many pictures; required, here or in rawInput")
    rawInput: OptDict = Field(
        None, description="parameters, where a client doesn't send them on the same level"
    )


class AddedImage(SwarmGeneration):
    """AddImageToHistory: a picture, and parameters for its metadata."""

    image: Str = Field(description="data URL of the picture")


class PathBody(SwarmBody):
    """A picture by its path."""

    path: Str


class PictureListing(PathBody):
    """ListImages."""

    depth: Int
    sortBy: Str = "Name"
    sortReverse: Bool = False


class RefreshWish(SwarmBody):
    """TriggerRefresh."""

    strong: Bool = True
    refreshType: OptStr = None


class InterruptWish(SwarmBody):
    """InterruptAll."""

    other_sessions: Bool = False


class ModelListing(SwarmBody):
    """ListModels."""

    path: OptStr = ""
    depth: OptInt = 1
    subtype: OptStr = "Stable-Diffusion"
    sortBy: OptStr = "Name"
    allowRemote: OptBool = True
    sortReverse: OptBool = False
    dataImages: OptBool = False


class ModelQuestion(SwarmBody):
    """DescribeModel."""

    modelName: Str
    subtype: OptStr = "Stable-Diffusion"


class ModelChoice(SwarmBody):
    """SelectModel."""

    model: Str
    backendId: OptStr = None


class BackendChoice(SwarmBody):
    """RestartBackends and FreeBackendMemory."""

    backend: OptStr = "all"
    system_ram: OptBool = False


class SettingChanges(SwarmBody):
    """ChangeUserSettings."""

    settings: OptDict = None


class ParameterEdits(SwarmBody):
    """SetParamEdits."""

    edits: OptDict = None


class NewPreset(SwarmBody):
    """AddNewPreset."""

    title: Str
    description: OptStr = ""
    param_map: OptDict = None
    raw: OptDict = None
    preview_image: OptStr = None
    is_edit: OptBool = False
    editing: OptStr = None


class PresetName(SwarmBody):
    """DuplicatePreset and DeletePreset."""

    preset: Str


class PromptText(SwarmBody):
    """TestPromptFill."""

    prompt: Str
