import { App } from 'aws-cdk-lib';
import { SubscriptionsStack } from '../lib/subscriptions-stack.ts';

const app = new App();
new SubscriptionsStack(app);
