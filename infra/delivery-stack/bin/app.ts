import { App } from 'aws-cdk-lib';
import { DeliveryStack } from '../lib/delivery-stack.ts';

const app = new App();
new DeliveryStack(app);
