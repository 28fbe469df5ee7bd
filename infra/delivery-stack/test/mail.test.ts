import { describe, expect, test } from 'vitest';
import { deployed } from './deployed.ts';
import { only, resources, synthesise } from './synthesise.ts';

const template = synthesise();

/** What is deployed with that sender. */
function from(FromAddress: string) {
  return Object.values(deployed(template, { FromAddress, Stage: 'beta' }));
}

/** What the statement is about that lets a function send mails. */
function maySendAs(sender: string): string[] {
  const policies = from(sender).filter(({ Type }) => Type === 'AWS::IAM::Policy');
  const statements = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
  const sending = statements.filter(({ Action }) => [Action].flat().includes('ses:SendEmail'));
  expect(sending).toHaveLength(2);
  return sending[0].Resource.map((arn: string) => arn.replace('arn:aws:ses:eu-west-1:123456789012:', ''));
}

describe('a function that sends', () => {
  test.each(['news@mail.example.com', 'Penny Post <news@mail.example.com>', '"P. P." <news@mail.example.com>'])(
    'may do so as %s, in the configuration set of its stage',
    (sender) => {
      expect(maySendAs(sender)).toEqual([
        'configuration-set/pennypost-beta-delivery',
        'identity/news@mail.example.com',
        'identity/mail.example.com',
      ]);
    },
  );
});

describe('the sender', () => {
  const allowed = new RegExp(template.toJSON().Parameters.FromAddress.AllowedPattern);

  test.each(['a@b', 'news@example.com', 'Pennypost <news@example.com>', '<news@example.com>'])(
    'can be %s',
    (sender) => expect(sender).toMatch(allowed),
  );

  test.each(['', 'news', 'A@B <news@example.com>', 'a@b@c', `${'x'.repeat(120)}@example.com`])(
    'cannot be %s',
    (sender) => expect(sender).not.toMatch(allowed),
  );
});

describe('the configuration set', () => {
  test('asks for TLS, counts reputation and keeps no list of suppressed addresses', () => {
    expect(only(template, 'AWS::SES::ConfigurationSet').Properties).toMatchObject({
      DeliveryOptions: { TlsPolicy: 'REQUIRE' },
      ReputationOptions: { ReputationMetricsEnabled: true },
      SuppressionOptions: { SuppressedReasons: [] },
    });
  });

  test('tells the account’s default bus what becomes of a mail, but for deliveries', () => {
    const { EventDestination } = only(template, 'AWS::SES::ConfigurationSetEventDestination').Properties;
    expect(EventDestination).toMatchObject({
      Enabled: true,
      MatchingEventTypes: ['delivery', 'deliveryDelay', 'reject', 'bounce', 'complaint', 'renderingFailure'],
    });
    expect(JSON.stringify(EventDestination.EventBridgeDestination.EventBusArn)).toContain(
      ':event-bus/default"',
    );
  });

  test('is that of every function', () => {
    const name = only(template, 'AWS::SES::ConfigurationSet').Properties.Name;
    for (const { Properties } of Object.values(resources(template, 'AWS::Lambda::Function'))) {
      expect(Properties.Environment.Variables.PENNYPOST_CONFIGURATION_SET).toEqual(name);
    }
  });
});

test('what SES tells of this stage’s mails comes to the queue of feedback', () => {
  const rule = from('a@b').find(
    ({ Type, Properties }) => Type === 'AWS::Events::Rule' && Properties.EventPattern.source[0] === 'aws.ses',
  );
  expect(rule?.Properties.EventBusName).toBeUndefined();
  expect(rule?.Properties.EventPattern).toEqual({
    source: ['aws.ses'],
    'detail-type': [
      'Email Delivered', 'Email Delivery Delayed', 'Email Rejected', 'Email Bounced', 'Email Complaint Received', 'Email Rendering Failed',
    ],
    detail: { mail: { tags: { 'ses:configuration-set': ['pennypost-beta-delivery'] } } },
  });
  expect(rule?.Properties.Targets).toMatchObject([
    {
      Arn: { 'Fn::GetAtt': [expect.stringMatching(/^QueuesFeedbackQueue/), 'Arn'] },
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': [expect.stringMatching(/^QueuesFeedbackDeadLetters/), 'Arn'] } },
    },
  ]);
});

test('alarms are raised where SES reviews an account', () => {
  const thresholds = Object.values(resources(template, 'AWS::CloudWatch::Alarm'))
    .filter(({ Properties }) => Properties.Namespace === 'AWS/SES')
    .map(({ Properties }) => [Properties.MetricName, Properties.Threshold]);
  expect(Object.fromEntries(thresholds)).toEqual({
    'Reputation.BounceRate': 0.05,
    'Reputation.ComplaintRate': 0.001,
  });
});
