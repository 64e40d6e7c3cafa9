"""One application for all tests of requests that are carried out without HTTP."""

from __future__ import annotations

import pytest

from sdapi.core.state import State
from tests.extensions.swarmui.direct_runs import jobs_of, state_around
from tests.extensions.swarmui.stepped_jobs import SteppedJobs


@pytest.fixture(scope="package")
def direct(tmp_path_factory: pytest.TempPathFactory) -> State:
    """The state of an application with its default extensions."""
    return state_around(tmp_path_factory.mktemp("direct"))


@pytest.fixture
def jobs(direct: State) -> SteppedJobs:
    """Its queue, which has seen nothing yet."""
    return jobs_of(direct)
