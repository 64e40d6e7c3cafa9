"""Tell a client's own server how a job ended: one signed POST, tried again while it fails.

Headers and signature follow the Standard Webhooks specification (https://www.standardwebhooks.com):
``webhook-signature: v1,<base64 HMAC-SHA256 of "id.timestamp.body">``.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from pipelines.contract.errors import InvalidRequest
from pipelines.jobs.background import Background
from pipelines.jobs.events import Happening, JobEvent
from pipelines.jobs.view import JobView
from sdapi.core.config import WebhookPolicy
from sdapi.core.state import State
from sdapi.http.dialect import OUR_NAMES, FieldNames
from sdapi.http.exchange import Exchange, converse
from sdapi.http.responses import dump_json
from sdapi.jobs.item import job_item
from sdapi.jobs.undelivered import Message, Undelivered

log = logging.getLogger(__name__)

MAX_URL = 2000


def check_webhook(value: object, state: State) -> str:
    """The URL of a ``webhook`` field; empty if there is none. Raises InvalidRequest."""
    if value in (None, ""):
        return ""
    if not state.config.webhooks.secret:
        raise InvalidRequest("webhooks are off: the server has no --webhook-key", field="webhook")
    url = str(value)
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or len(url) > MAX_URL or not url.isascii() or not url.isprintable():
        raise InvalidRequest("must be an http or https URL", field="webhook")
    return url


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The signature of a message."""
    content = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(secret.encode(), content, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


OwnBody: TypeAlias = Callable[[JobView], Awaitable[Mapping[str, Any]] | None]
"""Makes the body of a job's webhook; None where the body is the job as it is."""


@dataclass(slots=True)
class WebhookSender:
    """Posts the ends of jobs to their webhooks."""

    policy: WebhookPolicy
    fields: FieldNames = OUR_NAMES
    own: OwnBody = lambda view: None
    _tasks: Background = field(default_factory=Background)
    _undelivered: Undelivered = field(init=False)

    def __post_init__(self) -> None:
        self._undelivered = Undelivered(self.policy.file)

    def resume(self) -> None:
        """Go on with what an earlier server did not deliver; its pauses begin with the next one."""
        if self.policy.secret:
            for message in self._undelivered.load():
                self._tasks.spawn(self._deliver(message))

    def listen(self, event: JobEvent) -> None:
        """Post the end of a job that asked for it."""
        if event.what is Happening.ENDED and event.job.webhook and self.policy.secret:
            own = self.own(event.job)
            if own is not None:
                self._tasks.spawn(self._deliver_own(event.job, own))
                return
            told = {"type": f"job.{event.job.state}", "data": job_item(event.job, self.fields)}
            self._tasks.spawn(self._deliver(self._kept(event.job, told)))

    def _kept(self, job: JobView, told: Mapping[str, Any]) -> Message:
        """The message, kept until it is delivered."""
        message = Message(job_id=job.id, url=job.webhook, body=dump_json(dict(told)).decode())
        self._undelivered.put(message)
        return message

    async def _deliver_own(self, job: JobView, told: Awaitable[Mapping[str, Any]]) -> None:
        await self._deliver(self._kept(job, await told))

    async def finish(self) -> None:
        """Wait until everything is delivered or given up."""
        await self._tasks.wait()

    async def stop(self, grace: float) -> None:
        """Let what is on its way arrive within ``grace`` seconds; the next server goes on with the rest."""
        await self._tasks.stop(grace)

    async def _deliver(self, message: Message) -> None:
        for pause in (*self.policy.pauses[message.tries :], None):
            try:
                await self._post(message)
                self._undelivered.drop(message)
                return
            except (OSError, ValueError) as error:
                log.warning("the webhook of job %s failed: %r", message.job_id, error)
            if pause is not None:
                message = replace(message, tries=message.tries + 1)
                self._undelivered.put(message)
                await asyncio.sleep(pause)
        self._undelivered.drop(message)
        log.error("the webhook of job %s was given up", message.job_id)

    async def _post(self, message: Message) -> None:
        """POST once to the address that was checked; redirects are not followed."""
        body = message.body.encode()
        exchange = Exchange(
            url=message.url,
            method="POST",
            headers=self._headers(message.job_id, body),
            body=body,
            public_only=self.policy.public_only,
            seconds=self.policy.seconds,
        )
        status = (await converse(exchange)).status
        if not 200 <= status < 300:
            raise ValueError(f"it answered with status {status}")

    def _headers(self, job_id: str, body: bytes) -> dict[str, str]:
        message_id = hashlib.sha256(job_id.encode()).hexdigest()[:32]
        now = int(time.time())
        return {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(now),
            "webhook-signature": sign(self.policy.secret, message_id, now, body),
        }
