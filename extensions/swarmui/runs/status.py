"""The status of a session and of the engines, in the form of GetCurrentStatus."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from extensions.swarmui.runs.registry import RunRegistry, total
from sdapi.plugin import State

FEATURES = (
    *("comfyui", "refiners", "controlnet", "seamless", "variation_seed", "sdxl", "freeu", "ipadapter"),
    "endstepsearly",
    "yolov8",
)
"""Features whose parameters are honoured; interfaces show those."""
SCRIPTS = {"controlnet": "ControlNet", "ipadapter": "ControlNet", "yolov8": "ADetailer"}
"""The scripts that some of the features need."""


def runs_of(state: State) -> RunRegistry:
    """Return this application's registry of requests in work."""
    return state.parts.of(RunRegistry, RunRegistry)


def status_of(session_id: str, state: State) -> dict[str, Any]:
    """The whole object, for one session."""
    return {
        "status": asdict(total(runs_of(state).of_session(session_id))),
        "backend_status": backend_status(state),
        "supported_features": features(state),
    }


def features(state: State) -> list[str]:
    """List the features that this server offers now."""
    there = {
        script for script in SCRIPTS.values() if state.scripts.find(script, is_img2img=False) is not None
    }
    return [name for name in FEATURES if name not in SCRIPTS or SCRIPTS[name] in there]


def backend_status(state: State) -> dict[str, Any]:
    """Sum up the state of all engines."""
    engines = state.jobs.engines()
    ready = sum(engine.ready for engine in engines)
    if not engines:
        return _status("empty", "error", "There are no engines.")
    if ready == len(engines):
        return _status("running", "", "")
    if ready:
        return _status("some_loading", "warn", "Some engines are still starting.", loading=True)
    return _status("loading", "soft", "The engines are still starting.", loading=True)


def _status(status: str, kind: str, message: str, *, loading: bool = False) -> dict[str, Any]:
    return {"status": status, "class": kind, "message": message, "any_loading": loading}
