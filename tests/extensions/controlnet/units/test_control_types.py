"""Control types: what belongs to which, and what union networks are told."""

from __future__ import annotations

from extensions.controlnet.preprocessors.table import PREPROCESSORS
from extensions.controlnet.routes.control_types import control_types
from extensions.controlnet.units.control_types import CONTROL_TYPES

NAMES = {kind.name for kind in CONTROL_TYPES}


def test_every_preprocessors_type_is_known() -> None:
    assert {name for row in PREPROCESSORS.values() for name in row.types} <= NAMES
    assert len(NAMES) == len(CONTROL_TYPES) == 20


def test_models_are_known_by_words_in_their_names() -> None:
    types = control_types(["control_v11f1e_sd15_tile", "my-sketch", "xl-union", "ip_adapter"])
    assert types["Tile"]["model_list"] == ["None", "control_v11f1e_sd15_tile", "xl-union"]
    assert types["Tile"]["default_model"] == "control_v11f1e_sd15_tile"
    assert types["Scribble"]["model_list"] == ["None", "my-sketch", "xl-union"]
    assert types["IP-Adapter"]["model_list"] == ["None", "ip_adapter"]
    assert types["Shuffle"]["model_list"] == ["None"]


def test_the_first_preprocessor_of_a_type_is_its_default() -> None:
    types = control_types([])
    assert types["Canny"]["module_list"] == ["none", "canny", "invert (from white bg & black line)"]
    assert types["Canny"]["default_option"] == "canny"
    assert types["InstructP2P"]["default_option"] == "none"
