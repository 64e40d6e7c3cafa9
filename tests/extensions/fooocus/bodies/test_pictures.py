"""A form's numbered fields are the lists of JSON."""

from __future__ import annotations

from extensions.fooocus.bodies.pictures import form_entries, form_prompts


def test_image_prompts_of_a_form() -> None:
    fields = {"cn_img2": b"p", "cn_type2": "CPDS", "cn_stop3": "0.4", "image_prompts": "{}", "prompt": "a"}
    prompts = [{"cn_img": b"p", "cn_type": "CPDS"}]
    assert form_prompts(fields) == {**fields, "image_prompts": prompts}


def test_entries_of_a_form() -> None:
    made = form_entries({"enhance_enabled_1": "True", "enhance_prompt_1": "eyes", "enhance_checkbox": "1"})
    assert made["enhance_ctrlnets"] == [{"enhance_enabled": "True", "enhance_prompt": "eyes"}]
    listed = {"enhance_ctrlnets": [{"enhance_enabled": True}]}
    assert form_entries(listed) == listed
