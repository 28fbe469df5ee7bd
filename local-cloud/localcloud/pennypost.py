"""Pennypost, as subscribers and programs use it over HTTP."""

import http.client
import json
import re
import secrets
from typing import Any
from urllib.parse import urlencode, urlsplit

from .mails import Mail, Mails
from .waiting import Failed, expect, until

PATIENCE = 60
"""Seconds for whatever takes the way from a request to a mail, or back."""

DELIVERY_SECONDS = 120
"""Seconds for an issue to be delivered."""

ANSWER_SECONDS = 60
"""Seconds for one answer."""

CONFIRMATION_SUBJECT = "Welcome!"


def word() -> str:
    """A word that nothing else has in it."""
    return secrets.token_hex(6)


class Pennypost:
    """A program with a token of the admin, who is a subscriber's browser, too."""

    def __init__(self, url: str, password: str, mails: Mails) -> None:
        parts = urlsplit(url)
        assert parts.hostname and parts.port
        self._host, self._port = parts.hostname, parts.port
        self._mails = mails
        self._token = ""
        self._token = self._ask("POST", "/v1/tokens", 201, username="admin", password=password, name=word())["token"]

    def request(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Sends a request; `content_type` becomes `content-type`. Answers status, headers and body."""
        connection = http.client.HTTPConnection(self._host, self._port, timeout=ANSWER_SECONDS)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def _ask(self, method: str, path: str, wanted: int, headers: dict[str, str] | None = None, **content: Any) -> Any:
        body = json.dumps(content).encode() if content else None
        with_token = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        all_headers = {"Content-Type": "application/json", **with_token, **(headers or {})}
        status, _, answered = self.request(method, path, body, **all_headers)
        expect(
            status == wanted, f"{method} {path.partition('?')[0]} answers {status}, not {wanted}: {answered[:300]!r}"
        )
        return json.loads(answered) if answered else None

    # Subscribers

    def subscribe(self, address: str) -> None:
        """Asks for the newsletter."""
        form = urlencode({"name": "Ursula", "email": address}).encode()
        status, _, _ = self.request("POST", "/subscriptions", form, content_type="application/x-www-form-urlencoded")
        expect(status == 200, f"subscribing answers {status}")

    def confirmation(self, address: str) -> Mail:
        """The confirmation mail, once it is there."""
        mails = until("a confirmation mail", lambda: self._mails.to(address, CONFIRMATION_SUBJECT), PATIENCE)
        return mails[0]

    def confirm(self, address: str) -> None:
        """Follows the link in the confirmation mail."""
        status, _, _ = self.request("GET", _link(self.confirmation(address).text, "confirm"))
        expect(status == 200, f"confirming answers {status}")

    def subscribe_and_confirm(self, address: str) -> None:
        """Becomes a reader."""
        self.subscribe(address)
        self.confirm(address)

    def unsubscribe(self, mail: Mail) -> None:
        """Does what a mail program's button does: a one-click POST to what the mail's header says."""
        link = _link(mail.headers["List-Unsubscribe"][0], "unsubscribe")
        body = b"List-Unsubscribe=One-Click"
        status, _, _ = self.request("POST", link, body, content_type="application/x-www-form-urlencoded")
        expect(status == 200, f"unsubscribing answers {status}")

    # Programs

    def import_all(self, addresses: list[str]) -> None:
        """Imports these as confirmed, and waits until all of them are in."""
        rows = "".join(f"{address},Reader\n" for address in addresses)
        body = f"email,name\n{rows}".encode()
        authorization = f"Bearer {self._token}"
        status, _, answered = self.request(
            "POST", "/v1/subscribers/import", body, content_type="text/csv", authorization=authorization
        )
        expect(status == 202, f"importing answers {status}: {answered[:300]!r}")
        path = f"/v1/imports/{json.loads(answered)['id']}"

        def look() -> Any:
            told = self._ask("GET", path, 200)
            return told["status"] != "running" and told

        ended = until("the import to end", look, DELIVERY_SECONDS)
        expect(ended["imported"] == len(addresses), f"the import ended as {ended}")

    def find(self, address: str, status: str) -> str | None:
        """The id of the subscriber with this address, if there is one with this status."""
        cursor = ""
        while True:
            page = self._ask("GET", f"/v1/subscribers?status={status}&limit=200{cursor}", 200)
            for subscriber in page["items"]:
                if subscriber["email"] == address:
                    return str(subscriber["id"])
            if not page["next_cursor"]:
                return None
            cursor = f"&cursor={page['next_cursor']}"

    def erase(self, address: str) -> None:
        """Erases the confirmed subscriber with this address."""
        id = self.find(address, "confirmed")
        if id is None:
            raise Failed("nobody confirmed has the address that is to be erased")
        self._ask("DELETE", f"/v1/subscribers/{id}", 204)

    def publish(self, title: str) -> str:
        """Publishes an issue, and answers its id."""
        issue = {"title": title, "text_content": f"{title}: the text", "html_content": f"<p>{title}: the HTML</p>"}
        return str(self._ask("POST", "/v1/issues", 202, {"Idempotency-Key": word()}, **issue)["id"])

    def issue(self, id: str) -> dict[str, Any]:
        """An issue with its status and counts."""
        told: dict[str, Any] = self._ask("GET", f"/v1/issues/{id}", 200)
        return told

    def until_delivered(self, id: str, seconds: float = DELIVERY_SECONDS) -> dict[str, Any]:
        """The issue once it is delivered."""
        last: dict[str, Any] = {}

        def look() -> bool:
            last.update(self.issue(id))
            return bool(last["status"] == "delivered")

        try:
            until("an issue to be delivered", look, seconds)
        except Failed as failed:
            raise Failed(f"{failed}; it is {last.get('status')} with {last.get('counts')}") from None
        return last

    def exceptions(self, id: str, outcome: str) -> list[dict[str, Any]]:
        """Who has this outcome in an issue (the first 200)."""
        found: list[dict[str, Any]] = self._ask("GET", f"/v1/issues/{id}/exceptions?outcome={outcome}&limit=200", 200)[
            "items"
        ]
        return found


def _link(text: str, what: str) -> str:
    """Path and query of the first link of the kind `what` in a text or a header."""
    found = re.search(rf"https?://[^\s\"'<>/]+(/subscriptions/{what}\?[^\s\"'<>]+)", text)
    if found is None:
        raise Failed(f"there is no link to {what} in a mail")
    return found[1]
