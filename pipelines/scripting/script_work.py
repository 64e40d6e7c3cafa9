"""The sum of a script's work, held against the limits before anything is made and while it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.limits import FLAGS, WorkLimits, check_cost, check_generation, check_picture, cost_of
from pipelines.contract.requests import GenerationRequest
from pipelines.scripting.script_file import JoinedPicture, Names, Script

FIELD = "script.args"
ARGUMENT_ERRORS = (TypeError, ValueError, LookupError, ArithmeticError, AttributeError)
"""Exceptions of a script that gets arguments of a kind that it can't use."""


@dataclass(slots=True, kw_only=True)
class ScriptWork:
    """The batches and the cost of a script's generations so far."""

    limits: WorkLimits
    batches: int = 0
    cost: float = 0.0

    def add(self, request: GenerationRequest, times: int = 1) -> None:
        """Count a generation that is made ``times``. Raises InvalidRequest for it, and for the sum."""
        check_generation(request, self.limits)
        self.batches += request.batch_count * times
        if self.batches > self.limits.batch_count:
            count = str(self.batches) if self.batches < 10**12 else "too many"
            text = f"the script makes {count} batches; this server allows {self.limits.batch_count}"
            raise InvalidRequest(f"{text} (see {FLAGS['batch_count']})", field=FIELD)
        self.cost += cost_of(request) * times
        check_cost(self.cost, self.limits, field=FIELD)


def check_script(
    script: Script, request: GenerationRequest, args: tuple[Any, ...], names: Names, limits: WorkLimits
) -> None:
    """Raise InvalidRequest if all that a script will make of the request is beyond the limits.

    A script without an outline is counted while it runs.
    """
    if script.outline is None:
        return
    work = ScriptWork(limits=limits)
    try:
        for part in script.outline(request, args, names):
            if isinstance(part, JoinedPicture):
                check_picture(FIELD, part.width, part.height, limits)
            else:
                work.add(part.request, part.times)
    except ARGUMENT_ERRORS as error:
        raise misfit(script, error) from error


def misfit(script: Script, error: Exception) -> InvalidRequest:
    """Return the error of arguments that a script can't use."""
    text = f"the arguments of script {script.title!r} don't fit: {error}"
    return InvalidRequest(text, field=FIELD)
