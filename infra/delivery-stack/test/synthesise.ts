/** The template as tests see it: no program has to be built for it. */

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { DeliveryStack } from '../lib/delivery-stack.ts';

/** The repository's root. */
export const ROOT = resolve(import.meta.dirname, '../../..');

export interface Resource {
  Type: string;
  Condition?: string;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
  DependsOn?: string[];
  UpdatePolicy?: unknown;
  Properties: Record<string, any>;
}

/** Builds the app with the settings of `cdk.json`, and `context` beside them. */
export function build(context: Record<string, string> = {}): { app: App; stack: DeliveryStack } {
  const settings = JSON.parse(readFileSync(join(import.meta.dirname, '../cdk.json'), 'utf8'));
  const assets = join(import.meta.dirname, 'no-program');
  const app = new App({ context: { ...settings.context, assets, ...context } });
  return { app, stack: new DeliveryStack(app) };
}

export function synthesise(context: Record<string, string> = {}): Template {
  return Template.fromStack(build(context).stack);
}

/** The resources of a type, by their logical ids. */
export function resources(template: Template, type?: string): Record<string, Resource> {
  const all = template.toJSON().Resources as Record<string, Resource>;
  return Object.fromEntries(
    Object.entries(all).filter(([, resource]) => type === undefined || resource.Type === type),
  );
}

/** The only resource of its type. */
export function only(template: Template, type: string): Resource {
  const found = Object.values(resources(template, type));
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} of ${type}`);
  return found[0];
}
