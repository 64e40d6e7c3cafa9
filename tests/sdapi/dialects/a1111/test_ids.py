"""Task ids: the client's own, or one in A1111's form."""

from __future__ import annotations

import re

import pytest

from sdapi.dialects.a1111.ids import task_id


def test_a_clients_id_stays() -> None:
    assert task_id("txt2img", "mine") == "mine"


@pytest.mark.parametrize("forced", [None, ""])
def test_without_one_it_is_drawn(forced: str | None) -> None:
    ids = {task_id("txt2img", forced) for _ in range(20)}
    assert len(ids) == 20
    assert all(re.fullmatch(r"task\(txt2img-[A-Z0-9]{7}\)", one) for one in ids)
