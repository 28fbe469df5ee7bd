"""Who bounces is suppressed, and gets no more mails.

The emulator's SES tells nothing of what becomes of a mail, and its bus takes no
event with SES as the source, as AWS's does not from us. So the rule is asked whether
it matches such an event, and the queue behind it gets the event as the bus would
have put it there.
"""

import json
from datetime import UTC, datetime
from typing import Any

from .. import checks
from ..mails import Mail
from ..pennypost import PATIENCE
from ..settings import ACCOUNT, DELIVERY, REGION, stack_name
from ..waiting import expect, until
from ..world import World
from .readers import addresses, title

FEEDBACK = "FeedbackQueueUrl"


def tell(world: World) -> None:
    pennypost = world.pennypost()
    [reader, bouncing] = addresses(2)
    pennypost.import_all([reader, bouncing])
    first = title("It bounces")
    pennypost.until_delivered(pennypost.publish(first))
    [mail] = world.mails.to(bouncing, first)

    event = _bounce(world, mail)
    expect(_some_rule_matches(world, event), "a rule of delivery's matches a bounce of its configuration set")
    event["detail"]["mail"]["tags"]["ses:configuration-set"] = ["another"]
    expect(not _some_rule_matches(world, event), "no rule matches a bounce of another configuration set")
    queue = world.stacks[DELIVERY].outputs()[FEEDBACK]
    body = json.dumps(_bounce(world, mail))
    world.emulator.client("sqs").send_message(QueueUrl=queue, MessageBody=body)
    until("the reader to count as bounced", lambda: pennypost.find(bouncing, "bounced"), PATIENCE)

    second = title("After the bounce")
    pennypost.until_delivered(pennypost.publish(second))
    checks.expect_once_each(world, second, [reader])
    expect(bouncing not in world.mails.addressees(second), "who bounced is not mailed again")
    checks.expect_no_dead_letters(world)


def _some_rule_matches(world: World, event: dict[str, Any]) -> bool:
    events = world.emulator.client("events")
    prefix = stack_name(DELIVERY)
    rules = [rule for rule in events.list_rules()["Rules"] if rule["Name"].startswith(prefix)]
    return any(
        events.test_event_pattern(EventPattern=rule["EventPattern"], Event=json.dumps(event))["Result"]
        for rule in rules
    )


def _bounce(world: World, mail: Mail) -> dict[str, Any]:
    """A bounce for good of `mail`, as SES tells EventBridge of it."""
    now = datetime.now(UTC).isoformat()
    tags = {name: [value] for name, value in mail.tags.items()}
    [configuration_set] = world.stacks[DELIVERY].resources("AWS::SES::ConfigurationSet").values()
    return {
        "version": "0",
        "id": "00000000-0000-4000-8000-000000000001",
        "detail-type": "Email Bounced",
        "source": "aws.ses",
        "account": ACCOUNT,
        "time": now,
        "region": REGION,
        "resources": [f"arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/{configuration_set}"],
        "detail": {
            "eventType": "Bounce",
            "bounce": {
                "bounceType": "Permanent",
                "bounceSubType": "General",
                "bouncedRecipients": [{"emailAddress": mail.to[0], "action": "failed", "status": "5.1.1"}],
                "timestamp": now,
                "feedbackId": "feedback",
            },
            "mail": {
                "timestamp": now,
                "source": mail.sender,
                "sendingAccountId": ACCOUNT,
                "messageId": mail.message_id,
                "destination": mail.to,
                "headersTruncated": False,
                "headers": [],
                "commonHeaders": {},
                "tags": {"ses:configuration-set": [configuration_set], **tags},
            },
        },
    }
