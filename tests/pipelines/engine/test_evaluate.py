"""Calls that fit together are one question to the network, and everyone gets their own rows back."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from pipelines.denoising.model_call import ModelCall
from pipelines.engine.evaluate import evaluate, group_calls
from pipelines.families.patches import Patches
from tests.pipelines.denoising.answering import NumberNetwork, X, a_call, rows_of


@dataclass(slots=True)
class NotedAttention:
    """Notes when it is entered and left."""

    name: str
    log: list[str] = field(default_factory=list[str])

    def __enter__(self) -> object:
        self.log.append(f"in {self.name}")
        return self

    def __exit__(self, *error: object) -> None:
        self.log.append(f"out {self.name}")


def test_groups_stand_in_the_order_of_their_first_member() -> None:
    network = NumberNetwork()
    tiled = Patches(tiling=True)
    calls = [a_call(network), a_call(network, patches=tiled), a_call(network), a_call(network, patches=tiled)]
    assert group_calls(calls) == [[0, 2], [1, 3]]
    assert group_calls([]) == []


def test_a_group_is_one_batch_and_is_cut_apart_again() -> None:
    network = NumberNetwork()
    two = a_call(network, x=X.repeat(2, 1, 1, 1), timesteps=torch.zeros(2), context=rows_of([5.0, 6.0]))
    outputs = evaluate([a_call(network, 4.0), two, a_call(network, 7.0)])
    assert [output.flatten().tolist() for output in outputs] == [[4.0], [5.0, 6.0], [7.0]]
    assert network.asked == [4]


def test_vectors_go_with_their_rows() -> None:
    network = NumberNetwork()
    calls = [a_call(network, 1.0, vector=torch.tensor([[value]])) for value in (10.0, 20.0)]
    assert [output.item() for output in evaluate(calls)] == [11.0, 21.0]


def test_patches_of_the_group_are_put_on_once() -> None:
    network = NumberNetwork()
    tiled = Patches(tiling=True)
    evaluate([a_call(network, patches=tiled), a_call(network, patches=tiled)])
    assert network.patched == [tiled]


def test_attention_is_changed_for_the_call_alone() -> None:
    network, log = NumberNetwork(), list[str]()
    attention = (NotedAttention("a", log), NotedAttention("b", log))
    evaluate([a_call(network, attention=attention)])
    assert log == ["in a", "in b", "out b", "out a"]
    evaluate([a_call(network)])
    assert network.hooked == [True, False]


def test_output_hooks_follow_one_another() -> None:
    def add(call: ModelCall, output: Tensor) -> Tensor:
        return output + 1

    def double(call: ModelCall, output: Tensor) -> Tensor:
        return output * 2

    (output,) = evaluate([a_call(NumberNetwork(), 4.0, outputs=(add, double))])
    assert output.item() == 10.0
