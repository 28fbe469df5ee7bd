"""List prices in US dollars, as of 2026-11-29, by heart and not from an invoice:
check them against the pages named here before you rely on them. Without taxes,
support, savings plans and credits."""

from dataclasses import dataclass

MILLION = 1_000_000


@dataclass(frozen=True)
class Price:
    """What one unit costs, and how many a month every account has for nothing."""

    dollars: float
    source: str
    free: float = 0.0


_CLOUDWATCH = "https://aws.amazon.com/cloudwatch/pricing/"
_DYNAMODB = "https://aws.amazon.com/dynamodb/pricing/on-demand/"
_EVENTBRIDGE = "https://aws.amazon.com/eventbridge/pricing/"
_LAMBDA = "https://aws.amazon.com/lambda/pricing/"
_SECRETS = "https://aws.amazon.com/secrets-manager/pricing/"

US_EAST_1 = {
    "ses mails": Price(0.10 / 1_000, "https://aws.amazon.com/ses/pricing/"),
    "lambda requests": Price(0.20 / MILLION, _LAMBDA, MILLION),
    # Functions on arm64.
    "lambda GB-seconds": Price(0.0000133334, _LAMBDA, 400_000),
    "dynamodb write units": Price(0.625 / MILLION, _DYNAMODB),
    "dynamodb read units": Price(0.125 / MILLION, _DYNAMODB),
    "dynamodb GB-months": Price(0.25, _DYNAMODB, 25),
    "dynamodb recovery GB-months": Price(0.20, _DYNAMODB),
    # Reads by Lambda's own mappings are free, those by a Pipe are not. Source:
    # the developer guide's page CostOptimization_StreamsUsage.
    "dynamodb stream reads": Price(0.02 / 100_000, _DYNAMODB, 2_500_000),
    "sqs requests": Price(0.40 / MILLION, "https://aws.amazon.com/sqs/pricing/", MILLION),
    # What AWS services put on the bus, SES among them, is free.
    "eventbridge events": Price(1.00 / MILLION, _EVENTBRIDGE),
    "pipe requests": Price(0.40 / MILLION, _EVENTBRIDGE),
    "scheduler calls": Price(1.00 / MILLION, _EVENTBRIDGE, 14 * MILLION),
    "state transitions": Price(0.025 / 1_000, "https://aws.amazon.com/step-functions/pricing/", 4_000),
    "http api requests": Price(1.00 / MILLION, "https://aws.amazon.com/api-gateway/pricing/"),
    "log GB written": Price(0.50, _CLOUDWATCH, 5),
    "log GB-months": Price(0.03, _CLOUDWATCH),
    "alarms": Price(0.10, _CLOUDWATCH, 10),
    # Three of up to 50 metrics are free.
    "dashboards": Price(3.00, _CLOUDWATCH, 3),
    "custom metrics": Price(0.30, _CLOUDWATCH, 10),
    "kms keys": Price(1.00, "https://aws.amazon.com/kms/pricing/"),
    "kms requests": Price(0.03 / 10_000, "https://aws.amazon.com/kms/pricing/", 20_000),
    "secrets": Price(0.40, _SECRETS),
    "secret reads": Price(0.05 / 10_000, _SECRETS),
    "x-ray traces": Price(5.00 / MILLION, "https://aws.amazon.com/xray/pricing/", 100_000),
}

# Where Ireland differs.
_EU_WEST_1 = {
    "dynamodb write units": 0.705 / MILLION,
    "dynamodb read units": 0.141 / MILLION,
    "dynamodb GB-months": 0.283,
    "dynamodb recovery GB-months": 0.226,
    "dynamodb stream reads": 0.0226 / 100_000,
    "http api requests": 1.11 / MILLION,
    "log GB written": 0.57,
}

REGIONS = {
    "us-east-1": US_EAST_1,
    "eu-west-1": {
        name: Price(_EU_WEST_1.get(name, price.dollars), price.source, price.free)
        for name, price in US_EAST_1.items()
    },
}
