"""Operations are grouped by their paths."""

from __future__ import annotations

import pytest

from sdapi.openapi.tags import DESCRIPTIONS, listed, tag_of


@pytest.mark.parametrize(
    ("path", "tag"),
    [
        ("/sdapi/v1/txt2img", "default"),
        ("/sdapi/v1/jobs", "jobs"),
        ("/sdapi/v1/jobs/{job_id}/events", "jobs"),
        ("/internal/ping", "internal"),
        ("/sd_extra_networks/thumb", "sd_extra_networks"),
        ("/controlnet/detect", "controlnet"),
        ("/API/ListImages", "API"),
    ],
)
def test_a_path_has_a_group(path: str, tag: str) -> None:
    assert tag_of(path) == tag


def test_known_groups_come_first() -> None:
    rows = listed(["zoo", "jobs", "controlnet"])
    assert [row["name"] for row in rows] == [*DESCRIPTIONS, "controlnet", "zoo"]
    assert rows[-1] == {"name": "zoo", "description": "Routes below /zoo."}
