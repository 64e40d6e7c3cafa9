"""The document asks for credentials where the server has some."""

from __future__ import annotations

from pathlib import Path

import pytest

from sdapi.core.config import ApiConfig
from sdapi.http.access.auth import User
from sdapi.openapi.security import SCHEMES, is_guarded, requirement

USERS = (User(name="u", password="p"),)


@pytest.mark.parametrize(
    ("config", "names"),
    [
        (ApiConfig(users=USERS), ["HTTPBasic"]),
        (ApiConfig(keys=Path("keys.json")), ["HTTPBearer", "APIKeyHeader"]),
        (ApiConfig(users=USERS, keys=Path("keys.json")), ["HTTPBasic", "HTTPBearer", "APIKeyHeader"]),
    ],
)
def test_any_one_scheme_is_enough(config: ApiConfig, names: list[str]) -> None:
    assert requirement(config) == [{name: []} for name in names]
    assert set(names) <= SCHEMES.keys()


def test_an_open_server_asks_for_nothing() -> None:
    assert requirement(ApiConfig()) == [{}]


@pytest.mark.parametrize(
    ("path", "guarded"),
    [("/health/live", False), ("/healthy", True), ("/metrics", True), ("/sdapi/v1/txt2img", True)],
)
def test_probes_need_no_credentials(path: str, guarded: bool) -> None:
    assert is_guarded(path) is guarded
