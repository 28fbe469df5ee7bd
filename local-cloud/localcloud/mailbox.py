"""The mails by the subset of Mailpit's API that the one-process host's dev console has, too."""

import email.header
import email.utils
import html
import json
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from .forwarding import Answer, Handler, Request, Server
from .mails import Mail, Mails

LIMIT = 50
"""How many mails a list has if nobody says."""

SNIPPET = 120
"""How many characters of the text a list shows."""


class Mailbox(Server):
    """Serves the mails."""

    def __init__(self, mails: Mails) -> None:
        class ToMails(Handler):
            def answer(self, request: Request) -> Answer:
                return _answer(request, mails)

        super().__init__(ToMails)


def _answer(request: Request, mails: Mails) -> Answer:
    url = urlsplit(request.target)
    query = {name: values[-1] for name, values in parse_qs(url.query).items()}
    match request.method, [unquote(part) for part in url.path.strip("/").split("/")]:
        case "GET", [""]:
            return _page(mails)
        case "GET", ["api", "v1", "messages"]:
            return _json(_listed(mails.all(), mails.all(), query))
        case "DELETE", ["api", "v1", "messages"]:
            mails.delete(json.loads(request.body or b"{}").get("IDs"))
            return Answer(200, [("Content-Type", "text/plain")], b"ok")
        case "GET", ["api", "v1", "search"]:
            return _json(_listed(mails.all(), _found(mails.all(), query.get("query", "")), query))
        case "GET", ["api", "v1", "message", id]:
            return _about(mails, id, _whole)
        case "GET", ["api", "v1", "message", id, "headers"]:
            return _about(mails, id, lambda mail: mail.headers)
        case _:
            return Answer(404, [("Content-Type", "text/plain")], b"404 page not found\n")


def _json(value: Any) -> Answer:
    return Answer(200, [("Content-Type", "application/json")], json.dumps(value).encode())


def _about(mails: Mails, id: str, tell: Any) -> Answer:
    for mail in reversed(mails.all()):
        if id in ("latest", mail.id):
            return _json(tell(mail))
    return Answer(404, [("Content-Type", "text/plain")], b"message not found\n")


def _found(mails: list[Mail], query: str) -> list[Mail]:
    """Those with every word of `query`: `to:address`, or a word of the subject or the text."""
    for word in query.split():
        wanted = word.strip('"').lower()
        if wanted.startswith("to:"):
            wanted = wanted.removeprefix("to:").strip('"')
            mails = [mail for mail in mails if any(wanted in to.lower() for to in mail.to)]
        else:
            mails = [mail for mail in mails if wanted in f"{mail.subject}\n{mail.text}".lower()]
    return mails


def _listed(everything: list[Mail], found: list[Mail], query: dict[str, str]) -> dict[str, Any]:
    start, limit = int(query.get("start", 0)), int(query.get("limit", LIMIT))
    newest_first = found[::-1][start : start + limit]
    return {
        "total": len(everything),
        "unread": len(everything),
        "count": len(newest_first),
        "messages_count": len(found),
        "messages_unread": len(found),
        "start": start,
        "tags": [],
        "messages": [{**_summary(mail), "Snippet": mail.text[:SNIPPET]} for mail in newest_first],
    }


def _summary(mail: Mail) -> dict[str, Any]:
    return {
        "ID": mail.id,
        "MessageID": mail.message_id,
        "Read": False,
        "From": _address(mail.sender),
        "To": [_address(to) for to in mail.to],
        "Cc": [],
        "Bcc": [],
        "ReplyTo": [],
        "Subject": mail.subject,
        "Created": mail.created.isoformat(),
        "Size": mail.size,
        "Attachments": 0,
        "Tags": [],
    }


def _whole(mail: Mail) -> dict[str, Any]:
    return {**_summary(mail), "Date": mail.created.isoformat(), "Text": mail.text, "HTML": mail.html, "Attachments": []}


def _address(text: str) -> dict[str, str]:
    """The name and the address of a mailbox; the name may be an encoded word."""
    name, address = email.utils.parseaddr(text)
    return {"Name": _decoded(name), "Address": address}


def _decoded(name: str) -> str:
    parts = email.header.decode_header(name)
    return "".join(part if isinstance(part, str) else part.decode(charset or "ascii") for part, charset in parts)


def _page(mails: Mails) -> Answer:
    """A page for a person: the newest mails with their texts."""
    shown = "".join(
        f"<h2>{html.escape(mail.subject)}</h2><p>to {html.escape(', '.join(mail.to))}</p>"
        f"<pre>{html.escape(mail.text)}</pre>"
        for mail in mails.all()[: -LIMIT - 1 : -1]
    )
    page = f"<!doctype html><meta charset=utf-8><title>Mails</title><h1>Mails</h1>{shown or '<p>None yet.</p>'}"
    return Answer(200, [("Content-Type", "text/html; charset=utf-8")], page.encode())
