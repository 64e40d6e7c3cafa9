"""Loaded by schemathesis: makes what the document calls a picture."""

from __future__ import annotations

import schemathesis
from hypothesis import strategies as st

from sdapi.http.responses import encode_base64
from tests.sdapi.fakes import png

PICTURE = encode_base64(png())

schemathesis.openapi.format("picture", st.sampled_from([PICTURE, f"data:image/png;base64,{PICTURE}"]))
