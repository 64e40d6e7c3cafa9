"""No bytes make the catalog's readers fail in any way but the one that is documented."""

from __future__ import annotations

import io
from contextlib import suppress
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.catalog.embeddings import read_embedding_file
from pipelines.catalog.pickle_shapes import read_pickle_shapes
from pipelines.catalog.safetensors_header import read_header
from pipelines.contract.errors import CorruptFile
from tests.pipelines.catalog.folders import safetensors, tensor

SEED_SAFETENSORS = safetensors({"__metadata__": {"a": "{}"}, "w": tensor([2, 3])}, bytes(24))
LIMITS = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def pickled(*, new: bool) -> bytes:
    """Write a torch file of one tensor in the ``new`` zip form or the old one."""
    buffer = io.BytesIO()
    torch.save({"a": torch.ones(2)}, buffer, _use_new_zipfile_serialization=new)
    return buffer.getvalue()


def mutated(content: bytes, edits: list[tuple[int, int]], cut: int) -> bytes:
    """Replace some bytes, and cut off up to seven of the last."""
    changed = bytearray(content)
    for place, value in edits:
        changed[place % len(changed)] = value
    return bytes(changed[: len(changed) - cut % 8])


EDITS = st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=6)


@LIMITS
@given(edits=EDITS, cut=st.integers(0, 7))
def test_safetensors(tmp_path: Path, edits: list[tuple[int, int]], cut: int) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(mutated(SEED_SAFETENSORS, edits, cut))
    with suppress(CorruptFile):
        assert read_header(path).data_offset <= path.stat().st_size
    with suppress(CorruptFile):
        read_embedding_file(path)


@pytest.mark.parametrize("new", [True, False])
@LIMITS
@given(edits=EDITS, cut=st.integers(0, 7))
def test_pickles(tmp_path: Path, new: bool, edits: list[tuple[int, int]], cut: int) -> None:
    path = tmp_path / "x.pt"
    path.write_bytes(mutated(pickled(new=new), edits, cut))
    with suppress(CorruptFile):
        assert isinstance(read_pickle_shapes(path), dict)
    with suppress(CorruptFile):
        read_embedding_file(path)


@pytest.mark.parametrize(("place", "value"), [(6, 1), (8, 99), (8, 8), (8, 14)])
def test_zip_members_nobody_can_read(tmp_path: Path, place: int, value: int) -> None:
    """Encrypted, packed by an unknown method, or marked as deflated or LZMA but stored."""
    content = bytearray(pickled(new=True))
    for start, offset in ((b"PK\x03\x04", place), (b"PK\x01\x02", place + 2)):
        content[content.index(start) + offset] = value
    path = tmp_path / "x.pt"
    path.write_bytes(content)
    with pytest.raises(CorruptFile):
        read_pickle_shapes(path)


@LIMITS
@given(content=st.binary(max_size=200))
def test_any_bytes(tmp_path: Path, content: bytes) -> None:
    for name in ("x.safetensors", "x.pt"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(CorruptFile):
            read_embedding_file(tmp_path / name)
