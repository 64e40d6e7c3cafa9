"""Outputs compared with inputs: annotations as sets of names, which can also cross a process border."""

from __future__ import annotations

from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeAlias, TypeVar, Union, get_args, get_origin

Kinds: TypeAlias = frozenset[str]
"""The members of a union by name; a list is ``list[...]`` around the names of what it holds."""
ANY = "any"
_WIDER = {("int", "float"), ("int", "str"), ("float", "str")}


def kinds_of(annotation: Any) -> Kinds:
    """The names of what an annotation allows; None is left out."""
    origin = get_origin(annotation)
    if annotation is Any or isinstance(annotation, TypeVar):
        return frozenset({ANY})
    if origin is Annotated:
        return kinds_of(get_args(annotation)[0])
    if origin in (Union, UnionType):
        members = [kinds_of(member) for member in get_args(annotation) if member is not NoneType]
        return frozenset[str]().union(*members)
    if origin is Literal:
        return frozenset(type(value).__name__ for value in get_args(annotation))
    if annotation is list or origin is list:
        inner = get_args(annotation)
        return frozenset({f"list[{'|'.join(sorted(kinds_of(inner[0])))}]" if inner else f"list[{ANY}]"})
    return _name_of(origin or annotation)


def _name_of(kind: Any) -> Kinds:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return frozenset({"str"})
    return frozenset({getattr(kind, "__name__", str(kind))})


def element_kinds(kinds: Kinds) -> Kinds | None:
    """The kinds that the lists among ``kinds`` hold; None if there is no list among them."""
    lists = [inner for kind in kinds if (inner := _inner(kind)) is not None]
    return frozenset[str]().union(*lists) if lists else None


def _inner(kind: str) -> Kinds | None:
    if not kind.startswith("list["):
        return None
    names, depth, start = list[str](), 0, 0
    body = kind[5:-1]
    for index, letter in enumerate(body):
        depth += (letter == "[") - (letter == "]")
        if letter == "|" and not depth:
            names.append(body[start:index])
            start = index + 1
    return frozenset((*names, body[start:]))


def fits(source: Kinds, target: Kinds) -> bool:
    """True if some value of ``source`` may be one of ``target``; the value itself is checked later."""
    if ANY in source or ANY in target:
        return True
    return any(_one_fits(one, other) for one in source for other in target)


def _one_fits(source: str, target: str) -> bool:
    if source == target or (source, target) in _WIDER:
        return True
    inner, other = _inner(source), _inner(target)
    return inner is not None and other is not None and fits(inner, other)


def said(kinds: Kinds) -> str:
    """Kinds as messages spell them: ``a or b``."""
    return " or ".join(sorted(kinds)) or "nothing"
