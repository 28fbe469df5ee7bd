/** The synthesised template: what it retains, and how little of it an import takes. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Fields = { [key: string]: Json };

export interface Resource {
  Type: string;
  Properties?: Fields;
  DeletionPolicy?: string;
  [attribute: string]: Json | undefined;
}

export interface Template {
  Parameters?: { [name: string]: Fields };
  Conditions?: Fields;
  Mappings?: Fields;
  Resources: { [logicalId: string]: Resource };
}

/** The resources that stay when the stack is deleted, by their logical ids. */
export function retained(template: Template): [string, Resource][] {
  return Object.entries(template.Resources).filter(([, { DeletionPolicy }]) =>
    DeletionPolicy?.startsWith('Retain'));
}

/**
 * `template` with these resources alone, and what they refer to. CloudFormation
 * wants every resource of an import to exist, and takes no change of another one
 * beside it.
 *
 * Throws if one of them refers to a resource that is not among them.
 */
export function reduced(template: Template, logicalIds: string[]): Template {
  const resources = logicalIds.map((id): [string, Resource] => {
    const { Type, Properties, DeletionPolicy, UpdateReplacePolicy } = template.Resources[id]!;
    const kept = { Type, Properties, DeletionPolicy, UpdateReplacePolicy };
    return [id, kept as Resource];
  });
  const used = new Set(resources.flatMap(([, resource]) => [...references(resource as Fields)]));
  const conditions = closure(template.Conditions ?? {}, used);
  for (const id of Object.keys(template.Resources)) {
    if (used.has(id) && !logicalIds.includes(id)) {
      throw new Error(`a retained resource refers to ${id}, which is not there to be adopted`);
    }
  }
  const pick = (all: Fields | undefined, names: Set<string>) =>
    Object.fromEntries(Object.entries(all ?? {}).filter(([name]) => names.has(name)));
  return {
    ...nonEmpty('Parameters', pick(template.Parameters, used)),
    ...nonEmpty('Conditions', conditions),
    ...nonEmpty('Mappings', pick(template.Mappings, used)),
    Resources: Object.fromEntries(resources),
  };
}

function nonEmpty(section: string, content: Fields): Fields {
  return Object.keys(content).length > 0 ? { [section]: content } : {};
}

/** The conditions among `used`, and those that they refer to; adds to `used` what these do. */
function closure(conditions: Fields, used: Set<string>): Fields {
  const found: Fields = {};
  for (let before = -1; before !== Object.keys(found).length; ) {
    before = Object.keys(found).length;
    for (const [name, condition] of Object.entries(conditions)) {
      if (!used.has(name) || found[name] !== undefined) continue;
      found[name] = condition;
      for (const reference of references(condition)) used.add(reference);
    }
  }
  return found;
}

/** The names of parameters, resources, conditions and mappings in `value`. */
export function references(value: Json | undefined): Set<string> {
  if (Array.isArray(value)) return union(value.map(references));
  if (value === null || typeof value !== 'object') return new Set();
  return union(
    Object.entries(value).map(([key, operand]) => {
      const name = Array.isArray(operand) ? operand[0] : operand;
      const nested = references(operand);
      if (['Ref', 'Condition', 'Fn::If', 'Fn::FindInMap'].includes(key)) nested.add(String(name));
      if (key === 'Fn::GetAtt') nested.add(String(name).split('.')[0]!);
      if (key === 'Fn::Sub') {
        for (const [, inText] of String(name).matchAll(/\$\{([^!}.]+)[^}]*\}/g)) nested.add(inText!);
      }
      return nested;
    }),
  );
}

function union(sets: Set<string>[]): Set<string> {
  return new Set(sets.flatMap((set) => [...set]));
}

/**
 * The text that `value` is at deployment. It knows what our names are made of:
 * parameters, joins and substitutions. Throws at anything else.
 */
export function text(value: Json | undefined, parameters: { [name: string]: string }): string {
  if (typeof value === 'string') return value;
  const known = (name: string) => {
    const given = parameters[name];
    if (given === undefined) throw new Error(`parameter ${name} has no default: give it a value`);
    return given;
  };
  const [[operator, operand] = []] = Object.entries((value ?? {}) as Fields);
  if (operator === 'Ref') return known(String(operand));
  if (operator === 'Fn::Sub' && typeof operand === 'string') {
    return operand.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => known(name));
  }
  if (operator === 'Fn::Join') {
    const [separator, parts] = operand as [string, Json[]];
    return parts.map((part) => text(part, parameters)).join(separator);
  }
  throw new Error(`a name of this kind cannot be told before deployment: ${JSON.stringify(value)}`);
}

/** The parameters' defaults, and over them what is given. */
export function parameterValues(
  template: Template,
  given: { [name: string]: string },
): { [name: string]: string } {
  const declared = Object.entries(template.Parameters ?? {});
  const unknown = Object.keys(given).find((name) => !template.Parameters?.[name]);
  if (unknown) throw new Error(`the template has no parameter ${unknown}`);
  const defaults = declared.flatMap(([name, { Default }]) =>
    Default === undefined ? [] : [[name, String(Default)]]);
  return { ...Object.fromEntries(defaults), ...given };
}
