"""Bad requests get an id and a status, bad parameters a text alone."""

from __future__ import annotations

import pytest
from starlette.exceptions import HTTPException

from extensions.swarmui.words.errors import SWARM, SwarmError, bad_session, no_session
from pipelines.contract.errors import InvalidRequest, MissingWeights, OutOfMemory, TooManyJobs
from sdapi.http.errors import ApiError, fault_of


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (bad_session(), 401, "invalid_session_id"),
        (no_session(), 400, "basic_api"),
        (SwarmError("file_not_found", "x", 404), 404, "file_not_found"),
        (InvalidRequest("x", field="steps"), 200, None),
        (MissingWeights("x"), 200, None),
        (OutOfMemory("x"), 200, None),
        (TooManyJobs("x"), 200, None),
        (ApiError(422, "x", field="start.images.0"), 200, None),
        (ApiError(413, "x"), 400, "basic_api"),
        (ApiError(401, "x"), 401, "bad_permissions"),
        (ApiError(403, "x"), 400, "bad_permissions"),
        (HTTPException(404), 400, "bad_route"),
        (HTTPException(405), 400, "basic_api"),
        (ValueError("x"), 500, "internal_error"),
    ],
)
def test_every_error_has_its_form(error: Exception, status: int, told: str | None) -> None:
    fault = fault_of(error, SWARM)
    said = dict(SWARM.say(fault))
    assert (SWARM.status(fault), said.get("error_id")) == (status, told)
    assert isinstance(said["error"], str)


def test_a_field_is_named_as_clients_know_it() -> None:
    fault = fault_of(ApiError(422, "Invalid encoded image", field="start.images.0"), SWARM)
    assert SWARM.say(fault) == {"error": "Invalid value for parameter initimage.0: Invalid encoded image"}


@pytest.mark.parametrize("root", ["options", "overrides"])
@pytest.mark.parametrize(
    ("key", "name"),
    [("sd_vae", "vae"), ("CLIP_stop_at_last_layers", "clipstopatlayer"), ("rho", "samplerrho")],
)
def test_options_are_parameters_whoever_blames_them(root: str, key: str, name: str) -> None:
    fault = fault_of(InvalidRequest("no", field=f"{root}.{key}"), SWARM)
    assert SWARM.say(fault) == {"error": f"Invalid value for parameter {name}: no"}
