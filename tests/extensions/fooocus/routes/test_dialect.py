"""Errors of the engine are said at the places of Fooocus' bodies."""

from __future__ import annotations

import pytest

from extensions.fooocus.routes.dialect import FOOOCUS
from pipelines.contract.errors import InvalidRequest
from sdapi.http.errors import fault_of


@pytest.mark.parametrize("root", ["options", "overrides"])
@pytest.mark.parametrize(("key", "name"), [("sd_vae", "vae_name"), ("CLIP_stop_at_last_layers", "clip_skip")])
def test_options_are_advanced_parameters_whoever_blames_them(root: str, key: str, name: str) -> None:
    fault = fault_of(InvalidRequest("no", field=f"{root}.{key}"), FOOOCUS)
    place = ["body", "advanced_params", name]
    assert FOOOCUS.say(fault)["detail"] == [{"type": "value_error", "loc": place, "msg": "no"}]
