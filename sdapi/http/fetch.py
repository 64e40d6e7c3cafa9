"""Fetch a picture from a URL without becoming a way into the server's own network."""

from __future__ import annotations

from dataclasses import dataclass

from sdapi.http.addresses import NoPublicAddress
from sdapi.http.errors import ApiError
from sdapi.http.exchange import Exchange, converse


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchPolicy:
    """Bounds of fetching. Sizes in bytes; ``seconds`` is for one picture, from first to last."""

    enabled: bool = False
    public_only: bool = True
    user_agent: str = ""
    max_bytes: int = 64 * 2**20
    seconds: float = 30.0


async def fetch(url: str, policy: FetchPolicy, *, field: str) -> bytes:
    """GET a URL once. The host is resolved once and that address is used; redirects are refused.

    Raises ApiError 422 with A1111's texts.
    """
    if not policy.enabled:
        raise ApiError(422, "Requests not allowed", field=field)
    exchange = Exchange(
        url=url,
        headers={"User-Agent": policy.user_agent} if policy.user_agent else {},
        public_only=policy.public_only,
        seconds=policy.seconds,
        max_bytes=policy.max_bytes,
    )
    try:
        reply = await converse(exchange)
    except NoPublicAddress as error:
        raise ApiError(422, "Request to local resource not allowed", field=field) from error
    except TimeoutError as error:
        text = f"Invalid image url: no picture within {policy.seconds:g} seconds"
        raise ApiError(422, text, field=field) from error
    except (OSError, ValueError) as error:
        raise ApiError(422, "Invalid image url", field=field) from error
    if reply.status != 200:
        raise ApiError(422, "Invalid image url", field=field)
    return reply.body
