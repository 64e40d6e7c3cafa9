"""Each role has its permissions in SwarmUI's words."""

from __future__ import annotations

from extensions.swarmui.sessions.permissions import permissions_of
from sdapi.http.caller import Role


def test_each_role_may_what_those_before_may() -> None:
    reader, user = permissions_of(Role.READER), permissions_of(Role.USER)
    assert "view_image_history" in reader
    assert "basic_image_generation" not in reader
    assert set(reader) < set(user)
    assert permissions_of(Role.ADMIN) == ["*"]
