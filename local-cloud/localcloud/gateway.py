"""The public URL of the deployment: hands requests to whatever HTTP API is deployed now.

A deployment's own URL has a host name that nothing resolves, and another one after
each deployment; people's links, and the parameter PublicUrl, need one that stays.
"""

import secrets
import threading
import time

from .forwarding import Answer, Handler, Request, Server, forward

KEPT_FAULTS = 20
"""How many answers that no caller should see are remembered."""


class Gateway(Server):
    """Hands on to the HTTP API that it was pointed at last."""

    def __init__(self, emulator_port: int) -> None:
        gateway = self

        class ToApi(Handler):
            def answer(self, request: Request) -> Answer:
                return gateway._hand_on(request)

        super().__init__(ToApi)
        self._emulator_port = emulator_port
        self._api: str | None = None
        self._lock = threading.Lock()
        self._faults: list[str] = []

    def point_at(self, api: str | None) -> None:
        """From now on, requests go to the HTTP API with this id; none: 503."""
        self._api = api

    def faults(self) -> list[str]:
        """Method, path and status of answers of 500 and more since this was asked last."""
        with self._lock:
            faults, self._faults = self._faults, []
        return faults

    def _hand_on(self, request: Request) -> Answer:
        if self._api is None:
            return Answer(503, [("Content-Type", "text/plain")], b"nothing is deployed\n")
        inner = Request(
            request.method,
            # By path and not by host name: the emulator has pages of its own at some paths.
            f"/_aws/execute-api/{self._api}/$default{request.target}",
            request.headers + _added(request),
            request.body,
        )
        answer = forward(inner, self._emulator_port)
        if answer.status >= 500:
            self._note(request, answer)
        return answer

    def _note(self, request: Request, answer: Answer) -> None:
        path = request.target.partition("?")[0]
        with self._lock:
            if len(self._faults) < KEPT_FAULTS:
                self._faults.append(f"{request.method} {path}: {answer.status} {answer.body[:200]!r}")


def _added(request: Request) -> list[tuple[str, str]]:
    """What API Gateway adds to every request, and the emulator does not."""
    present = {name.lower() for name, _ in request.headers}
    trace = f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    added = [("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-Proto", "http"), ("X-Amzn-Trace-Id", trace)]
    return [(name, value) for name, value in added if name.lower() not in present]
