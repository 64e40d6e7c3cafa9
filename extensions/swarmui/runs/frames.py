"""Frames of a WebSocket: progress, pictures."""

from __future__ import annotations

import json
from typing import Any

from extensions.swarmui.runs.made import MadePicture, shown
from extensions.swarmui.runs.run import SwarmRun
from pipelines.plugin import JobView
from sdapi.plugin import encode_base64, fraction, picture_type

NOTICE = "Image is not done generating"


def progress_frame(run: SwarmRun, index: int, view: JobView, *, preview: bool, first: bool) -> dict[str, Any]:
    """Build a frame of a picture's progress; the first one of each carries the request's metadata."""
    progress = view.progress
    told: dict[str, Any] = {
        "batch_index": str(run.offset + index),
        "request_id": run.id,
        "overall_percent": min(fraction(progress), 1.0),
        "current_percent": min(progress.step / progress.steps, 1.0) if progress.steps else 0.0,
    }
    if preview and progress.preview is not None:
        kind = picture_type(progress.preview)
        told["preview"] = f"data:{kind};base64,{encode_base64(progress.preview)}"
    if first:
        extra = {"is_preview": True, "preview_notice": NOTICE}
        told["metadata"] = json.dumps({"sui_image_params": shown(run.request.values), **extra}, default=str)
    return {"gen_progress": told}


def picture_frame(run: SwarmRun, made: MadePicture, *, nested: bool) -> dict[str, Any]:
    """Build the frame of a finished picture: flat, or nested under ``image``."""
    told = {
        "image": made.image,
        "batch_index": str(run.offset + made.index),
        "request_id": run.id,
        "metadata": made.metadata,
    }
    return {"image": told} if nested else told
