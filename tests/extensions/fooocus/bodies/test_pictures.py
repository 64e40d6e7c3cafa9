"""A form's numbered fields are the lists of JSON."""

from __future__ import annotations

from extensions.fooocus.bodies.pictures import form_prompts


def test_image_prompts_of_a_form() -> None:
    fields = {"cn_img2": b"p", "cn_type2": "CPDS", "cn_stop3": "0.4", "image_prompts": "{}", "prompt": "a"}
    prompts = [{"cn_img": b"p", "cn_type": "CPDS"}]
    assert form_prompts(fields) == {**fields, "image_prompts": prompts}
