"""A parameter takes fixed values, those that exist now, or any."""

from __future__ import annotations

from typing import Any

from extensions.swarmui.models.choices import Choices
from extensions.swarmui.parameters.groups import ParameterGroup
from extensions.swarmui.parameters.parameter import Parameter

FOUND = Choices(models={"VAE": ("a", "b")}, samplers=("euler",))


def parameter(**fields: Any) -> Parameter:
    values: dict[str, Any] = {"name": "My T2I-Value", "kind": "text", "about": "It.", **fields}
    return Parameter(**values)


def test_the_id_is_the_name_in_small_letters() -> None:
    assert parameter().id == "mytivalue"


def test_values_are_fixed_or_those_that_exist_now() -> None:
    assert parameter(kind="dropdown", values=("x", "y")).choices(FOUND) == ("x", "y")
    assert parameter(kind="dropdown", values=lambda found: [*found.samplers]).choices(FOUND) == ("euler",)
    assert parameter().choices(FOUND) is None


def test_models_are_those_of_the_subtype_and_the_one_that_is_none() -> None:
    assert parameter(kind="model", subtype="VAE").choices(FOUND) == ("a", "b")
    assert parameter(kind="list", subtype="VAE", ignore="None").choices(FOUND) == ("None", "a", "b")
    assert parameter(kind="model", subtype="LoRA").choices(FOUND) == ()
    assert parameter(kind="text", subtype="VAE").choices(FOUND) is None


def test_a_description_lists_values_but_no_models() -> None:
    row = parameter(kind="dropdown", values=("x",), examples=("x",), hidden=True, low=1, high=2)
    found = row.described(FOUND)
    assert (found["values"], found["value_names"], found["examples"]) == (["x"], ["x"], ["x"])
    assert (found["visible"], found["min"], found["max"], found["group"]) == (False, 1, 2, None)
    model = parameter(kind="model", subtype="VAE").described(FOUND)
    assert (model["values"], model["subtype"], model["examples"]) == (None, "VAE", None)


def test_a_description_has_its_group() -> None:
    group = ParameterGroup(name="My Group", priority=3, toggles=True)
    found = parameter(group=group).described(FOUND)["group"]
    assert (found["id"], found["priority"], found["toggles"], found["open"]) == ("mygroup", 3, True, False)
