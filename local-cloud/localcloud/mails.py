"""The mails that SES took, whole: with their headers, as who got them would see them."""

import base64
import email
import email.policy
import email.utils
import json
import re
import threading
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

Headers = dict[str, list[str]]


@dataclass
class Mail:
    """One mail to one or more people."""

    message_id: str
    sender: str
    to: list[str]
    subject: str
    text: str
    html: str
    headers: Headers
    size: int
    tags: dict[str, str]
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    created: datetime = field(default_factory=lambda: datetime.now(UTC))


def canonical(name: str) -> str:
    """The header name as Go writes it, and so Mailpit: `List-Id`, `Message-Id`."""
    return "-".join(part.capitalize() for part in name.split("-"))


def from_send_email(request: dict[str, Any], message_id: str) -> Mail:
    """The mail of a `SendEmail` request with a raw message."""
    raw = base64.b64decode(request["Content"]["Raw"]["Data"])
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    headers: Headers = {}
    for name, value in message.items():
        headers.setdefault(canonical(name), []).append(str(value).strip())
    return _mail(
        message_id,
        request.get("FromEmailAddress") or str(message["From"]),
        request["Destination"]["ToAddresses"],
        str(message["Subject"]),
        _part(message, "plain"),
        _part(message, "html"),
        headers,
        len(raw),
        _tags(request.get("EmailTags")),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


def from_bulk_entry(request: dict[str, Any], entry: dict[str, Any], message_id: str) -> Mail:
    """The mail of one entry of a `SendBulkEmail` request with an inline template."""
    template = request["DefaultContent"]["Template"]
    content = template["TemplateContent"]
    replaced = entry.get("ReplacementEmailContent", {}).get("ReplacementTemplate", {})
    values = json.loads(template.get("TemplateData") or "{}")
    values |= json.loads(replaced.get("ReplacementTemplateData") or "{}")
    headers: Headers = {}
    for header in template.get("Headers", []) + entry.get("ReplacementHeaders", []):
        headers[canonical(header["Name"])] = [_filled(header["Value"], values)]
    subject, text, html = (_filled(content.get(name, ""), values) for name in ("Subject", "Text", "Html"))
    to = entry["Destination"]["ToAddresses"]
    headers |= {"From": [request["FromEmailAddress"]], "To": [", ".join(to)], "Subject": [subject]}
    size = len(text.encode()) + len(html.encode())
    tags = _tags(request.get("DefaultEmailTags")) | _tags(entry.get("ReplacementTags"))
    return _mail(message_id, request["FromEmailAddress"], to, subject, text, html, headers, size, tags)


def _tags(tags: list[dict[str, str]] | None) -> dict[str, str]:
    return {tag["Name"]: tag["Value"] for tag in tags or []}


def _filled(template: str, values: dict[str, Any]) -> str:
    """A template with `{{name}}` replaced, as SES's inline templates do it."""
    return re.sub(r"\{\{\{?\s*([\w.-]+)\s*\}?\}\}", lambda found: str(values.get(found[1], "")), template)


def _mail(
    message_id: str,
    sender: str,
    to: list[str],
    subject: str,
    text: str,
    html: str,
    headers: Headers,
    size: int,
    tags: dict[str, str],
) -> Mail:
    """A mail with what SES sets itself."""
    headers = headers | {"Message-Id": [f"<{message_id}>"], "Date": [email.utils.formatdate()]}
    return Mail(message_id, sender, to, subject, text, html, headers, size, tags)


class Mails:
    """Every mail that was taken, oldest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mails: list[Mail] = []

    def add(self, mail: Mail) -> None:
        """Takes a mail in."""
        with self._lock:
            self._mails.append(mail)

    def all(self) -> list[Mail]:
        """All of them, oldest first."""
        with self._lock:
            return list(self._mails)

    def delete(self, ids: list[str] | None) -> None:
        """Forgets those with these ids; none: all."""
        with self._lock:
            self._mails = [mail for mail in self._mails if ids and mail.id not in ids]

    def to(self, address: str, subject: str) -> list[Mail]:
        """Those to `address` with exactly this `subject`, oldest first."""
        wanted = address.lower()
        return [
            mail
            for mail in self.all()
            if mail.subject == subject and any(email.utils.parseaddr(to)[1].lower() == wanted for to in mail.to)
        ]

    def addressees(self, subject: str) -> list[str]:
        """Whom mails with exactly this `subject` are to, once for each mail."""
        return [email.utils.parseaddr(to)[1] for mail in self.all() if mail.subject == subject for to in mail.to]
