"""Mails as the mailbox shows them."""

import base64
import json
import unittest
import urllib.request
from email.message import EmailMessage
from typing import Any

from localcloud.mailbox import Mailbox
from localcloud.mails import Mails, from_bulk_entry, from_send_email


def raw_request() -> dict[str, Any]:
    """A `SendEmail` request as the service makes it."""
    message = EmailMessage()
    message["From"] = "Pennypöst <newsletter@pennypost.example>"
    message["To"] = "Ursula@example.com"
    message["Subject"] = "Grüße"
    message["List-unsubscribe-post"] = "List-Unsubscribe=One-Click"
    message.set_content("the text\n")
    message.add_alternative("<p>the HTML</p>", subtype="html")
    data = base64.b64encode(bytes(message)).decode()
    return {
        "FromEmailAddress": "=?utf-8?q?Pennyp=C3=B6st?= <newsletter@pennypost.example>",
        "Destination": {"ToAddresses": ["Ursula@example.com"]},
        "Content": {"Raw": {"Data": data}},
    }


BULK: dict[str, Any] = {
    "FromEmailAddress": "Pennypost <newsletter@pennypost.example>",
    "DefaultContent": {
        "Template": {
            "TemplateContent": {"Subject": "To {{name}}", "Text": "Dear {{ name }}: {{link}}", "Html": "{{{link}}}"},
            "TemplateData": '{"name": "you", "link": ""}',
            "Headers": [{"Name": "List-Id", "Value": "<list>"}],
        }
    },
    "BulkEmailEntries": [
        {
            "Destination": {"ToAddresses": ["ursula@example.com"]},
            "ReplacementEmailContent": {
                "ReplacementTemplate": {"ReplacementTemplateData": '{"name": "Ursula", "link": "L"}'}
            },
            "ReplacementHeaders": [{"Name": "List-Unsubscribe", "Value": "<{{link}}>"}],
        }
    ],
}


class OfMails(unittest.TestCase):
    """Each test has a mailbox with one raw and one bulk mail, the bulk one newer."""

    def setUp(self) -> None:
        self.mails = Mails()
        self.mails.add(from_send_email(raw_request(), "raw-id"))
        self.mails.add(from_bulk_entry(BULK, BULK["BulkEmailEntries"][0], "bulk-id"))
        self.box = self.enterContext(Mailbox(self.mails))

    def ask(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.box.url}/api/v1/{path}") as answer:
            return json.load(answer)

    def test_a_raw_mail_is_shown_decoded(self) -> None:
        [summary] = self.ask("search?query=to:ursula@EXAMPLE.com%20text")["messages"]
        mail = self.ask(f"message/{summary['ID']}")
        self.assertEqual(mail["Subject"], "Grüße")
        self.assertEqual(mail["From"], {"Name": "Pennypöst", "Address": "newsletter@pennypost.example"})
        self.assertEqual(mail["To"], [{"Name": "", "Address": "Ursula@example.com"}])
        self.assertEqual((mail["Text"].strip(), mail["HTML"].strip()), ("the text", "<p>the HTML</p>"))
        headers = self.ask(f"message/{summary['ID']}/headers")
        self.assertEqual(headers["List-Unsubscribe-Post"], ["List-Unsubscribe=One-Click"])
        self.assertEqual(headers["Message-Id"], ["<raw-id>"])

    def test_a_bulk_entry_is_filled_in(self) -> None:
        mail = self.ask("message/latest")
        self.assertEqual((mail["Subject"], mail["Text"], mail["HTML"]), ("To Ursula", "Dear Ursula: L", "L"))
        headers = self.ask(f"message/{mail['ID']}/headers")
        self.assertEqual((headers["List-Id"], headers["List-Unsubscribe"]), (["<list>"], ["<L>"]))

    def test_lists_are_newest_first_and_counted(self) -> None:
        listed = self.ask("messages?start=1&limit=5")
        self.assertEqual([message["MessageID"] for message in listed["messages"]], ["raw-id"])
        self.assertEqual((listed["total"], listed["count"], listed["start"]), (2, 1, 1))
        found = self.ask("search?query=to:nobody@example.com")
        self.assertEqual((found["total"], found["messages_count"], found["messages"]), (2, 0, []))

    def test_some_or_all_are_deleted(self) -> None:
        self.mails.delete([self.mails.all()[0].id])
        self.assertEqual([mail.message_id for mail in self.mails.all()], ["bulk-id"])
        self.mails.delete(None)
        self.assertEqual(self.mails.all(), [])


if __name__ == "__main__":
    unittest.main()
