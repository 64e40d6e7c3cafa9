"""Paths in the history stand for their pictures where a picture is wanted."""

from __future__ import annotations

from pathlib import Path

import pytest

from extensions.swarmui.parameters.request import SwarmRequest
from extensions.swarmui.runs.own_pictures import with_own_pictures
from pipelines.contract.errors import InvalidRequest
from sdapi.http.responses import encode_base64
from tests.sdapi.fakes import png


@pytest.mark.parametrize("path", ["raw/a/1.png", "Starred/1.png", "inputs/1.png"])
def test_a_path_of_the_history_is_read(path: str, tmp_path: Path) -> None:
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_bytes(png())
    request = SwarmRequest(values={"initimage": path, "prompt": path, "steps": 3}, presets=("p",))
    found = with_own_pictures(request, tmp_path)
    assert found.values == {"initimage": encode_base64(png()), "prompt": path, "steps": 3}
    assert found.presets == ("p",)


def test_pictures_that_were_sent_stay_as_they_are(tmp_path: Path) -> None:
    request = SwarmRequest(values={"initimage": encode_base64(png()), "maskimage": "data:image/png;base64,x"})
    assert with_own_pictures(request, tmp_path) is request


@pytest.mark.parametrize("path", ["raw/nothing.png", "raw/.hidden.png"])
def test_a_picture_that_is_not_there_is_an_error(path: str, tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / ".hidden.png").write_bytes(png())
    with pytest.raises(InvalidRequest, match="does not exist, cannot use"):
        with_own_pictures(SwarmRequest(values={"initimage": path}), tmp_path)


def test_no_path_leads_out_of_the_history(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(png())
    with pytest.raises(InvalidRequest, match="leads out"):
        with_own_pictures(SwarmRequest(values={"initimage": "raw/../../secret.png"}), tmp_path / "user")
