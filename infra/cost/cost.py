#!/usr/bin/env python3
"""What Pennypost costs a month on AWS, and how that comes about.

    infra/cost/cost.py                         # dollars, as in docs/cost.md
    infra/cost/cost.py --units                 # units and their prices, as there
    infra/cost/cost.py --arithmetic 100000     # what each unit is for
    infra/cost/cost.py --rate 14 --recipients 100000
    infra/cost/cost.py --region eu-west-1
"""

import argparse

import machine
import usage
from prices import REGIONS

# The lines of the table, and which units each has.
LINES = [
    ("SES", ["ses mails"]),
    ("Lambda, requests", ["lambda requests"]),
    ("Lambda, GB-seconds", ["lambda GB-seconds"]),
    ("DynamoDB, writes", ["dynamodb write units"]),
    ("DynamoDB, reads", ["dynamodb read units"]),
    ("DynamoDB, storage", ["dynamodb GB-months"]),
    ("DynamoDB, recovery (PITR)", ["dynamodb recovery GB-months"]),
    ("DynamoDB, stream reads", ["dynamodb stream reads"]),
    ("SQS", ["sqs requests"]),
    ("EventBridge", ["eventbridge events"]),
    ("Pipes", ["pipe requests"]),
    ("Scheduler", ["scheduler calls"]),
    ("Step Functions", ["state transitions"]),
    ("API Gateway", ["http api requests"]),
    ("CloudWatch, logs", ["log GB written", "log GB-months"]),
    ("CloudWatch, alarms", ["alarms"]),
    ("CloudWatch, dashboards", ["dashboards"]),
    ("CloudWatch, SES's metrics", ["custom metrics"]),
    ("KMS", ["kms keys", "kms requests"]),
    ("Secrets Manager", ["secrets", "secret reads"]),
    ("X-Ray", ["x-ray traces"]),
]
# Purposes that begin so are there without a single recipient.
STANDING = "standing"


def dollars(month, prices, names, keep=lambda purpose: True):
    """The list price of those units, of the purposes that are kept."""
    return sum(
        count * prices[name].dollars
        for name in names
        for purpose, count in month.units[name].items()
        if keep(purpose)
    )


def total(month, prices, keep=lambda purpose: True):
    return dollars(month, prices, list(prices), keep)


def with_allowances(month, prices):
    """The same where nothing else in the account uses what is free every month."""
    return sum(
        max(0.0, month.total(name) - price.free) * price.dollars for name, price in prices.items()
    )


def is_standing(purpose):
    return purpose.startswith(STANDING)


def table(cases, prices):
    """The lines of the table; a case is a number of recipients and a rate."""
    months = [usage.month(recipients, rate)[0] for recipients, rate in cases]

    def row(title, of):
        return f"{title:<28}" + "".join(f"{of(month):>12,.2f}" for month in months)

    yield f"{'recipients':<28}" + "".join(f"{recipients:>12,}" for recipients, _ in cases)
    yield f"{'mails a second':<28}" + "".join(f"{rate:>12g}" for _, rate in cases)
    yield ""
    for title, names in LINES:
        yield row(title, lambda month: dollars(month, prices, names))
    yield ""
    yield row("all of it", lambda month: total(month, prices))
    yield row("  SES alone", lambda month: dollars(month, prices, ["ses mails"]))
    yield row("  standing, used or not", lambda month: total(month, prices, is_standing))
    yield row("  by use, without SES", by_use(prices))
    yield row("with the free allowances", lambda month: with_allowances(month, prices))


def by_use(prices):
    return lambda month: (
        total(month, prices, lambda purpose: not is_standing(purpose))
        - dollars(month, prices, ["ses mails"])
    )


def units(cases, prices):
    """How many of each unit, and what one costs: the table is their product."""
    months = [usage.month(recipients, rate)[0] for recipients, rate in cases]
    sizes = "".join(f"{recipients:>13,}" for recipients, _ in cases)
    yield f"{'units a month':<28}{'dollars each':>14}{sizes}"
    for name, price in prices.items():
        counts = "".join(f"{shown(month.total(name)):>13}" for month in months)
        yield f"{name:<28}{price.dollars:>14.10f}{counts}"


def arithmetic(recipients, rate, prices):
    """What each unit is for."""
    month, one = usage.month(recipients, rate)
    yield f"{recipients:,} recipients, {usage.ISSUES} issues a month, {rate:g} mails a second"
    yield (
        f"one issue: {one.seconds / 60:,.1f} minutes, {one.claims:,.0f} claims, "
        f"{one.invocations:,.0f} invocations of send"
    )
    for name, price in prices.items():
        purposes = sorted(month.units[name].items(), key=lambda item: -item[1])
        count = month.total(name)
        yield f"{name}: {shown(count)} x ${price.dollars:.8f} = ${count * price.dollars:,.2f}"
        if len(purposes) > 1:
            for purpose, part in purposes:
                yield f"    {shown(part):>14}  {purpose}"


def shown(count):
    return f"{count:,.3f}" if count < 10 else f"{count:,.0f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--region", choices=REGIONS, default="us-east-1")
    parser.add_argument("--recipients", type=int, action="append")
    parser.add_argument("--rate", type=float, help="mails a second that SES takes of the account")
    parser.add_argument("--units", action="store_true")
    parser.add_argument("--arithmetic", type=int, metavar="RECIPIENTS")
    given = parser.parse_args()
    machine.check()
    prices = REGIONS[given.region]

    def rate(recipients):
        return given.rate or usage.RATES.get(recipients, 14)

    if given.arithmetic:
        lines = arithmetic(given.arithmetic, rate(given.arithmetic), prices)
    else:
        sizes = given.recipients or list(usage.RATES)
        lines = (units if given.units else table)([(size, rate(size)) for size in sizes], prices)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
