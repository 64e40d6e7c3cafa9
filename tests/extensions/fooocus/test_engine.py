"""Fooocus' place among the extensions that change model calls."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from extensions.fooocus import engine as fooocus
from extensions.fooocus.kinds import Steering
from extensions.fooocus.steering.call import TITLE
from pipelines.contract.requests import ScriptCall
from pipelines.engine.engine import Engine
from pipelines.generation.hooks import Hooks, hook
from tests.engines import make_request
from tests.pipelines.generation.staging import carried_out, job_of


class Control:
    """Another extension, which reads calls to compute something of its own."""

    @hook
    def begin_pass(self, job: Any, sampling: Any) -> Any:
        """A word in place of a function."""
        return "control"


def test_control_networks_see_what_it_changes(engine: Engine, models_dir: Path) -> None:
    steering = ScriptCall(name=TITLE, args=(asdict(Steering(freeu=(1.1, 1.2, 0.9, 0.8))), {}))
    sampling: Any = None
    hooks = Hooks()
    hooks.register(Control())
    hooks.register(fooocus)
    asked = hooks.call_hooks(job_of(engine, make_request(models_dir)), sampling)
    plain: list[Any] = carried_out(asked)[0]
    assert plain == ["control"]
    steered = make_request(models_dir, always_on=(steering,))
    changed: list[Any] = carried_out(hooks.call_hooks(job_of(engine, steered), sampling))[0]
    assert len(changed) == 2 and changed[1] == "control"
