"""The API is served unless a flag leaves it out, and pages elsewhere may use it where they may at all."""

from __future__ import annotations

from pathlib import Path

from sdapi.core.config import ApiConfig
from tests.extensions.swarmui.conftest import MakeClient


def test_the_switch_takes_it_away(tmp_path: Path) -> None:
    assert "swarmui" in ApiConfig.from_flags({"data_dir": str(tmp_path)}).extensions
    assert "swarmui" not in ApiConfig.from_flags({"data_dir": str(tmp_path), "no_swarmui": True}).extensions


def test_pages_elsewhere_may_send_any_header_where_cors_allows(make_client: MakeClient) -> None:
    client = make_client(cors_allow_origins="http://page.example")
    headers = {
        "Origin": "http://page.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "skip_zrok_interstitial, x-csrf-token",
    }
    answer = client.http.options("/API/GenerateText2Image", headers=headers)
    assert (answer.status_code, answer.headers["access-control-allow-headers"]) == (
        200,
        "skip_zrok_interstitial, x-csrf-token",
    )
