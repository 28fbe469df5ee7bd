"""The door between the functions and the emulator's SES.

It hands every call on, and takes down whole what SES took: the emulator forgets the
headers of raw mails and of the entries of a bulk call. It tells of a larger quota than
the emulator's 14 mails a second, at which the features would take ten minutes. And it
can hold an answer back, so that a function can be killed in the middle of a call that
has had its effect.
"""

import json
import threading
from typing import Any

from .forwarding import Answer, Handler, Request, Server, forward
from .mails import Mails, from_bulk_entry, from_send_email
from .waiting import Failed

SEND_EMAIL = "/v2/email/outbound-emails"
SEND_BULK_EMAIL = "/v2/email/outbound-bulk-emails"

ACCOUNT = "/v2/email/account"

QUOTA = {"MaxSendRate": 500.0, "Max24HourSend": 1_000_000.0}
"""What the account may send in a second and in a day: more than is sent here."""

HELD_SECONDS = 60
"""How long an answer is held back at most."""


class Door(Server):
    """SES, as functions reach it."""

    def __init__(self, emulator_port: int, mails: Mails) -> None:
        door = self

        class ToSes(Handler):
            def answer(self, request: Request) -> Answer:
                return door._hand_on(request)

        super().__init__(ToSes)
        self._emulator_port = emulator_port
        self._mails = mails
        self._hold: _Hold | None = None

    def hold(self, subject: str) -> "_Hold":
        """From now on, holds the answers to calls that send mails with this subject, until it is lifted."""
        self._hold = _Hold(subject)
        return self._hold

    def _hand_on(self, request: Request) -> Answer:
        answer = forward(request, self._emulator_port)
        path = request.target.partition("?")[0]
        if answer.status != 200:
            return answer
        if request.method == "GET" and path == ACCOUNT:
            answer.body = _with_quota(answer.body)
        elif request.method == "POST" and path in (SEND_EMAIL, SEND_BULK_EMAIL):
            subjects = self._take_down(path, json.loads(request.body), json.loads(answer.body))
            hold = self._hold
            if hold and hold.subject in subjects:
                hold.wait()
        return answer

    def _take_down(self, path: str, request: dict[str, Any], answer: dict[str, Any]) -> set[str]:
        """Takes down what SES took, and says what the subjects are."""
        if path == SEND_EMAIL:
            taken = [from_send_email(request, answer["MessageId"])]
        else:
            pairs = zip(request["BulkEmailEntries"], answer["BulkEmailEntryResults"], strict=True)
            taken = [
                from_bulk_entry(request, entry, result["MessageId"])
                for entry, result in pairs
                if result["Status"] == "SUCCESS"
            ]
        for mail in taken:
            self._mails.add(mail)
        return {mail.subject for mail in taken}


def _with_quota(body: bytes) -> bytes:
    """What `GetAccount` answers, with our quota."""
    account = json.loads(body)
    account["SendQuota"] |= QUOTA
    return json.dumps(account).encode()


class _Hold:
    """Answers that are held back."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self._held = threading.Event()
        self._lifted = threading.Event()

    def wait(self) -> None:
        """Holds one back."""
        self._held.set()
        self._lifted.wait(HELD_SECONDS)

    def until_held(self, seconds: float) -> None:
        """Waits until one is held back."""
        if not self._held.wait(seconds):
            raise Failed(f"waited {seconds:g} s in vain for a call to SES with the subject {self.subject!r}")

    def lift(self) -> None:
        """Lets them go, and later ones pass."""
        self._lifted.set()
