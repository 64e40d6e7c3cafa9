"""The listing of control types: modules and models that belong together."""

from __future__ import annotations

from extensions.controlnet.routes.control_types import control_types, models_of


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


def test_the_newest_generation_of_models_is_the_default() -> None:
    titles = ["canny_old [11aaaaaa]", "control_v11p_sd15_canny [bbbbbbbb]"]
    assert control_types(titles)["Canny"]["default_model"] == titles[1]
    assert control_types(titles[:1])["Canny"]["default_model"] == titles[0]
    assert control_types([])["Canny"]["default_model"] == "None"


def test_everything_comes_first_and_has_all_models() -> None:
    types = control_types(["a", "b"])
    assert next(iter(types)) == "All"
    assert types["All"]["model_list"] == ["None", "a", "b"]
    assert len(types["All"]["module_list"]) == 72


def test_models_of_one_type_are_found() -> None:
    assert models_of("IP-Adapter", ["x-ip_adapter", "canny"]) == ["x-ip_adapter"]
    assert models_of("nope", ["nope"]) == []
