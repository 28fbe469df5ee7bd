/** What a template becomes with given parameters, as far as tests ask. */

import type { Template } from 'aws-cdk-lib/assertions';
import type { Resource } from './synthesise.ts';

type Json = unknown;
type Words = Record<string, Json>;

/** The resources that CloudFormation would make, with conditions and parameters resolved. */
export function deployed(
  template: Template,
  parameters: Record<string, string> = {},
): Record<string, Resource> {
  const json = template.toJSON();
  const values: Record<string, string> = {};
  for (const [name, parameter] of Object.entries<Words>(json.Parameters)) {
    values[name] = parameters[name] ?? String(parameter.Default);
  }
  const resolve = new Resolver(values, json.Conditions);
  return Object.fromEntries(
    Object.entries<Resource>(json.Resources)
      .filter(([, resource]) => !resource.Condition || resolve.holds(resource.Condition))
      .map(([id, resource]) => [id, resolve.value(resource) as Resource]),
  );
}

class Resolver {
  constructor(
    private readonly parameters: Record<string, string>,
    private readonly conditions: Record<string, Json>,
  ) {}

  holds(condition: string): boolean {
    return this.expression(this.conditions[condition]);
  }

  value(of: Json): Json {
    if (Array.isArray(of)) return of.map((item) => this.value(item)).filter((item) => item !== undefined);
    if (typeof of !== 'object' || of === null) return of;
    const words = of as Words;
    if (typeof words.Ref === 'string') {
      if (words.Ref === 'AWS::NoValue') return undefined;
      return this.parameters[words.Ref] ?? words;
    }
    if (words['Fn::If']) {
      const [condition, yes, no] = words['Fn::If'] as [string, Json, Json];
      return this.value(this.holds(condition) ? yes : no);
    }
    if (words['Fn::Join']) return this.join(words['Fn::Join'] as [string, Json[]]);
    if (words['Fn::Split']) {
      const [by, text] = (words['Fn::Split'] as Json[]).map((part) => this.value(part));
      return typeof text === 'string' ? text.split(by as string) : { 'Fn::Split': [by, text] };
    }
    if (words['Fn::Select']) {
      const [index, list] = (words['Fn::Select'] as Json[]).map((part) => this.value(part));
      return Array.isArray(list) ? list[Number(index)] : { 'Fn::Select': [index, list] };
    }
    return Object.fromEntries(
      Object.entries(words)
        .map(([key, value]) => [key, this.value(value)] as const)
        .filter(([, value]) => value !== undefined),
    );
  }

  private join([by, parts]: [string, Json[]]): Json {
    const values = parts.map((part) => this.value(part));
    const known = values.every((value) => typeof value === 'string');
    return known ? values.join(by) : { 'Fn::Join': [by, values] };
  }

  private expression(of: Json): boolean {
    const words = of as Record<string, Json[]>;
    if (words['Fn::Equals']) {
      const [left, right] = words['Fn::Equals'].map((side) => this.value(side));
      return left === right;
    }
    if (words['Fn::Not']) return !this.expression(words['Fn::Not'][0]);
    throw new Error(`not a condition that tests know: ${JSON.stringify(of)}`);
  }
}
