"""The codec gives back what it was given, for everything that crosses the queue, and refuses the rest."""

from __future__ import annotations

import math
import types
from collections.abc import Mapping
from dataclasses import fields, make_dataclass
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.contract.codec import (
    FORMER_FIELDS,
    FORMER_NAMES,
    TYPES,
    CodecError,
    decode,
    decode_any,
    encode,
    register,
)
from pipelines.contract.failure import Failure
from pipelines.contract.options import GenerationOptions, OutputOptions
from pipelines.contract.progress import Progress
from pipelines.contract.requests import (
    CaptionRequest,
    ExtrasRequest,
    GenerationRequest,
    LoadCheckpointRequest,
    UnloadRequest,
)
from pipelines.contract.results import CheckpointResult, ExtrasResult, GenerationResult, TextResult
from pipelines.contract.settings import EngineSettings
from pipelines.hosts import protocol

TEXT = st.text(st.characters(), max_size=8) | st.just("\ud800 lone") | st.just("$b")
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT | st.binary(max_size=8)
ANYTHING = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(TEXT | st.integers(), inner, max_size=3)
        | st.frozensets(TEXT, max_size=3)
    ),
    max_leaves=6,
)
SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    Any: ANYTHING,
    str: TEXT,
    int: st.integers(),
    float: st.floats(allow_nan=False),
    bool: st.booleans(),
    bytes: st.binary(max_size=20),
    types.NoneType: st.none(),
    Path: st.sampled_from([Path("/models"), Path("relative/file.safetensors")]),
}


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a field's type."""
    if hint in SIMPLE:
        return SIMPLE[hint]
    origin, inside = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return st.one_of([values_of(part) for part in inside])
    if origin is Literal:
        return st.sampled_from(inside)
    if origin is tuple:
        return st.lists(values_of(inside[0]), max_size=2).map(tuple)
    if origin is frozenset:
        return st.frozensets(values_of(inside[0]), max_size=2)
    if origin is Mapping:
        return st.dictionaries(values_of(inside[0]), values_of(inside[1]), max_size=2)
    return values_of_class(hint)


def values_of_class(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Instances with every field drawn; the two wide views of options keep their defaults."""
    hints = get_type_hints(kind)
    return st.builds(
        kind, **{name: values_of(hint) for name, hint in hints.items()} if len(hints) < 40 else {}
    )


KINDS = (
    GenerationRequest,
    ExtrasRequest,
    CaptionRequest,
    LoadCheckpointRequest,
    UnloadRequest,
    GenerationResult,
    ExtrasResult,
    TextResult,
    CheckpointResult,
    Progress,
    EngineSettings,
    Failure,
    protocol.RunJob,
    protocol.Advanced,
    protocol.Heartbeat,
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(
    max_examples=25, deadline=None, suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large)
)
@given(data=st.data())
def test_gives_back_what_it_was_given(kind: type[Any], data: st.DataObject) -> None:
    value = data.draw(values_of_class(kind))
    assert decode(encode(value), kind) == value


@given(value=ANYTHING)
def test_keeps_the_types_inside(value: object) -> None:
    found = decode_any(encode(value))
    assert found == value
    assert encode(found) == encode(value)


def test_options_differ_from_their_defaults() -> None:
    options = GenerationOptions(s_noise=0.5, interrogate_clip_skip_categories=("a",))
    assert decode(encode(options), GenerationOptions) == options
    output = OutputOptions(jpeg_quality=7)
    assert decode(encode(output), OutputOptions) == output


def test_keeps_numbers_that_json_has_no_word_for() -> None:
    found = decode_any(encode([math.nan, math.inf, -math.inf, -0.0]))
    assert repr(found) == "[nan, inf, -inf, -0.0]"


def test_every_field_is_written() -> None:
    text = encode(GenerationOptions())
    assert all(f.name.encode() in text for f in fields(GenerationOptions))


@pytest.mark.parametrize("value", [object(), {"a": object()}, 1j, Exception("no")])
def test_refuses_what_it_does_not_know(value: object) -> None:
    with pytest.raises(CodecError):
        encode(value)


@pytest.mark.parametrize(
    "tree",
    [b'{"$":"Popen","args":[]}', b'{"$":"Seeds"}', b'{"$":"Seeds","seed":1,"subseed":1,"x":1}', b'{"$b":3}'],
)
def test_refuses_foreign_and_ill_formed_data(tree: bytes) -> None:
    text = b"[[]," + tree + b"]"
    with pytest.raises(CodecError):
        decode_any(b"SDJ1" + len(text).to_bytes(4, "big") + text)


@given(data=st.binary(max_size=40))
def test_reads_nothing_from_noise(data: bytes) -> None:
    with pytest.raises(CodecError):
        decode_any(data)


@given(cut=st.integers(min_value=0, max_value=200))
def test_notices_missing_bytes(cut: int) -> None:
    whole = encode([b"x" * 100, b"y" * 100])
    with pytest.raises(CodecError):
        decode_any(whole[: min(cut, len(whole) - 1)])


def test_refuses_another_kind() -> None:
    with pytest.raises(CodecError, match="Progress"):
        decode(encode(Progress()), GenerationRequest)


def test_a_type_is_read_under_its_former_name(monkeypatch: pytest.MonkeyPatch) -> None:
    written = encode(TextResult(text="a cat"))
    former = written.replace(b"TextResult", b"WordResult")
    with pytest.raises(CodecError):
        decode_any(former)
    monkeypatch.setitem(FORMER_NAMES, "WordResult", "TextResult")
    assert decode_any(former) == TextResult(text="a cat")


def test_two_dataclasses_of_one_name_are_refused() -> None:
    namesake, fresh = make_dataclass("Progress", ["step"]), make_dataclass("Unheard", ["step"])
    with pytest.raises(ValueError, match="both have a Progress"):
        register(fresh, namesake)
    assert TYPES["Progress"] is Progress and "Unheard" not in TYPES
    register(Progress)


def test_a_field_that_is_gone_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    written = encode(TextResult(text="a cat", warnings=("no",)))
    former = written.replace(b'"warnings"', b'"remarks!"')
    with pytest.raises(CodecError):
        decode_any(former)
    monkeypatch.setitem(FORMER_FIELDS, "TextResult", frozenset({"remarks!"}))
    assert decode_any(former) == TextResult(text="a cat")
