"""A store keeps one value of each type and answers with that type."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.extending.typed_store import TypedStore


@dataclass
class Count:
    value: int = 0


class LargeCount(Count):
    pass


def test_a_value_is_found_by_its_type() -> None:
    store, count = TypedStore(), Count(3)
    store.put(count)
    assert store.get(Count) is count
    assert store.get(LargeCount) is None


def test_a_subclass_is_another_type() -> None:
    store = TypedStore()
    store.put(LargeCount(1))
    assert store.get(Count) is None


def test_putting_replaces_the_value_of_that_type() -> None:
    store = TypedStore()
    store.put(Count(1))
    store.put(Count(2))
    assert store.get(Count) == Count(2)


def test_a_value_is_made_once_even_if_it_is_falsy() -> None:
    class Empty(list[int]):
        pass

    store = TypedStore()
    first = store.keep(Empty, Empty)
    assert store.keep(Empty, Empty) is first


def test_dropping_lets_one_type_go_and_clearing_all() -> None:
    store = TypedStore()
    store.put(Count(1))
    store.put(LargeCount(2))
    store.drop(Count)
    store.drop(Count)
    assert (store.get(Count), store.get(LargeCount)) == (None, LargeCount(2))
    store.clear()
    assert store.get(LargeCount) is None
