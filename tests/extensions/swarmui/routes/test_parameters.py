"""Parameters are listed, with an interface's edits; a refresh reads the folders again."""

from __future__ import annotations

from tests.extensions.swarmui.conftest import SwarmClient


def test_parameters_and_a_refresh(client: SwarmClient) -> None:
    listed = client.ask("ListT2IParams")
    assert listed == client.http.get("/API/ListT2IParams", params={"session_id": client.session}).json()
    assert listed["models"]["Stable-Diffusion"] == ["tiny-sd1-b", "tiny-sd1"]
    assert client.ask("SetParamEdits", edits={"a": {"visible": False}}) == {"success": True}
    assert client.ask("TriggerRefresh", strong=False)["param_edits"] == {"a": {"visible": False}}
    catalog = client.http.app.state.sdapi.catalog  # type: ignore[attr-defined]
    assert catalog.refreshed == 0
    assert set(client.ask("TriggerRefresh", refreshType="wildcards")) == set(listed)
    assert catalog.refreshed == 1
