"""Settings of the server that InvokeAI's clients ask for: versions, the log, the cache of nodes."""

from __future__ import annotations

import logging
import platform
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body

from extensions.invokeai.models.checker_files import missing_file
from extensions.invokeai.routes.dialect import INVOKE
from extensions.invokeai.routes.shared import ServiceOf
from extensions.invokeai.service.batch import MOST_ITEMS
from sdapi.plugin import answers, speaks

router = APIRouter(
    prefix="/api/v1/app", dependencies=[speaks(INVOKE)], tags=["invokeai"], responses=answers.NOT_FOUND
)
CACHE_SIZE = 512
"""Most outputs that an engine keeps."""
PACKAGES = {
    "accelerate": "accelerate",
    "compel": "compel",
    "diffusers": "diffusers",
    "numpy": "numpy",
    "opencv": "opencv-python-headless",
    "onnx": "onnx",
    "pillow": "pillow",
    "torch": "torch",
    "torchvision": "torchvision",
    "transformers": "transformers",
    "xformers": "xformers",
}
LogLevel = Literal[0, 10, 20, 30, 40, 50]
log = logging.getLogger("invokeai")


def _installed(package: str) -> str:
    try:
        return version_of(package)
    except PackageNotFoundError:
        return ""


@router.get("/app_deps")
def app_deps() -> dict[str, str]:
    """Versions of packages that the server is built on; empty for those not installed, and for CUDA."""
    versions = {name: _installed(package) for name, package in PACKAGES.items()}
    return {**versions, "python": platform.python_version(), "cuda": ""}


@router.get("/config")
def config(service: ServiceOf) -> dict[str, Any]:
    """Ways to fill, enlarge and check pictures, as releases up to 5 listed them."""
    checked = missing_file(service.folders.models) is None
    return {
        "infill_methods": ["patchmatch", "lama", "tile", "cv2", "color"],
        "upscaling_methods": [{"upscaling_method": "spandrel", "upscaling_models": []}],
        "nsfw_methods": ["nsfw_checker"] if checked else [],
        "watermarking_methods": ["invisible_watermark"],
    }


@router.get("/runtime_config")
def runtime_config() -> dict[str, Any]:
    """Settings that clients may know; none can be set here."""
    told = {"max_queue_size": MOST_ITEMS, "node_cache_size": CACHE_SIZE, "multiuser": False}
    return {"config": told, "set_fields": []}


@router.get("/logging")
def get_log_level() -> int:
    """Show the level of this API's log."""
    return log.getEffectiveLevel()


@router.post("/logging")
def set_log_level(log_level: Annotated[LogLevel, Body(embed=True)]) -> int:
    """Set the level of this API's log."""
    log.setLevel(log_level)
    return log.getEffectiveLevel()


@router.get("/invocation_cache/status")
def cache_status(service: ServiceOf) -> dict[str, Any]:
    """Count the outputs that engines keep, and the nodes saved by them since the server started."""
    return {**service.store.cache_state.figures(), "max_size": CACHE_SIZE}


@router.delete("/invocation_cache")
def clear_cache(service: ServiceOf) -> None:
    """Forget outputs before the next graph."""
    service.store.cache_state.clear()


@router.put("/invocation_cache/enable")
def enable_cache(service: ServiceOf) -> None:
    """Keep outputs from the next graph on."""
    service.store.cache_state.enable(True)


@router.put("/invocation_cache/disable")
def disable_cache(service: ServiceOf) -> None:
    """Keep none from the next graph on."""
    service.store.cache_state.enable(False)
