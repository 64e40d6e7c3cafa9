"""Bodies that ask for masks."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from extensions.fooocus.bodies.enhance import AFTER, Enhance, EnhanceEntry, MaskOfPicture, form_entries


def test_entries_of_a_form() -> None:
    made = form_entries({"enhance_enabled_1": "True", "enhance_prompt_1": "eyes", "enhance_checkbox": "1"})
    assert made["enhance_ctrlnets"] == [{"enhance_enabled": "True", "enhance_prompt": "eyes"}]
    listed = {"enhance_ctrlnets": [{"enhance_enabled": True}]}
    assert form_entries(listed) == listed
    assert form_entries({"enhance_ctrlnets": '[{"enhance_enabled": true}]'}) == listed


def test_both_names_of_the_detection_prompt() -> None:
    (entry,) = form_entries({"enhance_mask_dino_prompt_2": "hand"})["enhance_ctrlnets"]
    assert EnhanceEntry.model_validate(entry).enhance_mask_dino_prompt_text == "hand"
    given = {"enhance_mask_dino_prompt_text": "eye"}
    assert EnhanceEntry.model_validate(given).enhance_mask_dino_prompt_text == "eye"
    assert EnhanceEntry().enhance_mask_dino_prompt_text == "face"


def test_names_in_any_letter_case() -> None:
    body = Enhance.model_validate(
        {
            "enhance_input_image": "x",
            "enhance_uov_processing_order": "after last enhancement",
            "enhance_ctrlnets": [{"enhance_mask_model": "ISNET_general-use"}, "no object"],
        }
    )
    assert body.enhance_uov_processing_order == AFTER
    assert [entry.enhance_mask_model for entry in body.enhance_ctrlnets] == ["isnet-general-use", "sam"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"mask_model": "magic"},
        {"cloth_category": "hat"},
        {"sam_model": "vit_z"},
        {"box_threshold": 2},
        {"sam_max_detections": 11},
        {"dino_erode_or_dilate": 65},
    ],
)
def test_what_is_none_of_its_kind_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        MaskOfPicture.model_validate({"image": "x", **wrong})
