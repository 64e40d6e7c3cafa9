"""Dynamic Prompts' hook in a generation: the job gets its prompts before anything is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extensions.dynamic_prompts.arguments import TITLE, DynamicArguments, read_arguments
from extensions.dynamic_prompts.job_prompts import write_prompts
from extensions.dynamic_prompts.options import DynamicOptions
from pipelines.plugin import Work, hook

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob, Plan


@hook
def plan_hook(job: GenerationJob) -> Work[Plan] | None:
    """Work the prompts' templates out. Raises InvalidRequest."""
    arguments = arguments_of(job)
    return write_prompts(job, arguments) if arguments is not None and arguments.is_enabled else None


def arguments_of(job: GenerationJob) -> DynamicArguments | None:
    """Return the script's arguments; without a call its defaults where ``wildcards`` is on, else None."""
    for call in job.request.always_on:
        if call.name == TITLE:
            return read_arguments(call.args)
    return DynamicArguments() if DynamicOptions.of(job.request.options).wildcards else None
