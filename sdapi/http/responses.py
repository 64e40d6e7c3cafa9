"""JSON as A1111 sends it: no blanks, raw non-ASCII text, NaN as null, key order kept."""

from __future__ import annotations

import base64
import json
from typing import Any

import orjson
from starlette.responses import Response


def dump_json(content: Any) -> bytes:
    """Encode anything; what orjson refuses (huge integers, lone surrogates) goes the slow way."""
    try:
        return orjson.dumps(content, option=orjson.OPT_NON_STR_KEYS)
    except (TypeError, orjson.JSONEncodeError):
        without_nan = json.loads(_dump_slowly(content), parse_constant=lambda _: None)
        return _dump_slowly(without_nan).encode()


def _dump_slowly(content: Any) -> str:
    return json.dumps(content, separators=(",", ":"), default=lambda _: None)


def info_text(info: Any) -> str:
    """The nested ``info`` text: blanks after separators, ``\\u`` escapes, null for the unserialisable."""
    return json.dumps(info, default=lambda _: None)


class JsonResponse(Response):
    """An answer whose content is encoded as A1111 encodes JSON."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Encode the body."""
        return dump_json(content)


def encode_base64(data: bytes) -> str:
    """Bytes as text in JSON: base64 with padding and no ``data:`` prefix."""
    return base64.b64encode(data).decode("ascii")
