"""Run a selectable script: it asks for generations and makes one result of theirs."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.jobs.control import JobControl
from pipelines.model_call import Work
from pipelines.request import GenerationRequest, GenerationResult
from pipelines.services import Services
from pipelines.stages.reporter import Reporter

Plain = Callable[[GenerationRequest, Services, JobControl, Reporter], Work[GenerationResult]]


def run_script(
    request: GenerationRequest, services: Services, control: JobControl, reporter: Reporter, plain: Plain
) -> Work[GenerationResult]:
    """Drive the script named in ``request``."""
    raise NotImplementedError
    yield
