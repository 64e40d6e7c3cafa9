"""A mask as a kind of work."""

from __future__ import annotations

from extensions.fooocus.kinds import KINDS
from extensions.fooocus.masking import MaskRequest, MaskResult, MaskWish
from pipelines.contract.codec import decode, encode, register


def test_it_crosses_the_wire() -> None:
    (row,) = (row for row in KINDS if row.request is MaskRequest)
    register(row.request, row.result, *row.parts)
    request = MaskRequest(image=b"p", wish=MaskWish(model="sam", field="mask_model", words="face", most=2))
    assert decode(encode(request), MaskRequest) == request
    assert decode(encode(MaskResult(image=b"m")), MaskResult) == MaskResult(image=b"m")
