import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { DEFAULT_STAGE, stackName } from '../../constructs/deployment.ts';
import { DeliveryStack } from '../lib/delivery-stack.ts';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
const stage: string = app.node.tryGetContext('stage') ?? DEFAULT_STAGE;
new DeliveryStack(app, 'Delivery', {
  stackName: stackName('delivery', stage),
  description: 'Pennypost, delivery: who is a recipient, and sending',
});
