/** Reference paths, payload templates and the intrinsic functions that ours uses. */
import type { Fields, Json } from './interpreter.ts';

/** What stands at `path`; a path that leads nowhere is an error, as on AWS. */
export function read(path: string, data: Json): Json {
  const found = find(path, data);
  if (found === undefined) throw new Error(`${path} leads nowhere in ${JSON.stringify(data)}`);
  return found;
}

/** What stands at `path`, if anything does. */
export function find(path: string, data: Json): Json | undefined {
  if (!/^\$(\.\w+|\[\*\])*$/.test(path)) throw new Error(`not a path known here: ${path}`);
  const [head, tail] = path.split('[*]');
  const at = (steps: string, value: Json) =>
    steps.split('.').filter((step) => step && step !== '$').reduce<Json | undefined>(
      (here, step) => (here as Fields | undefined | null)?.[step], value);
  const found = at(head!, data);
  if (tail === undefined) return found;
  return (found as Json[]).map((one) => at(tail, one)).filter((one) => one !== undefined);
}

/** `data` with `value` at `path`. */
export function put(path: string, data: Json, value: Json): Json {
  if (path === '$') return value;
  const [, field, ...more] = path.split('.');
  if (!field || more.length > 0) throw new Error(`not a result path known here: ${path}`);
  return { ...(data as Fields), [field]: value };
}

/** A payload template with its paths and intrinsic functions replaced. */
export function fill(template: Json, data: Json, context: Json): Json {
  if (template === null || typeof template !== 'object' || Array.isArray(template)) return template;
  const filled = Object.entries(template).map(([key, value]) => {
    if (!key.endsWith('.$')) return [key, fill(value, data, context)];
    return [key.slice(0, -2), evaluate(value as string, data, context)];
  });
  return Object.fromEntries(filled) as Json;
}

function evaluate(expression: string, data: Json, context: Json): Json {
  if (expression.startsWith('$$')) return read(expression.slice(1), context);
  if (expression.startsWith('$')) return read(expression, data);
  const call = /^States\.(\w+)\((.*)\)$/.exec(expression);
  if (!call) throw new Error(`not an expression known here: ${expression}`);
  const args = call[2]!.split(', ').map((arg) => argument(arg, data, context));
  switch (call[1]) {
    case 'ArrayLength':
      return (args[0] as Json[]).length;
    case 'ArrayContains':
      return (args[0] as Json[]).includes(args[1]!);
    case 'MathAdd':
      return (args[0] as number) + (args[1] as number);
    default:
      throw new Error(`not a function known here: ${call[1]}`);
  }
}

function argument(text: string, data: Json, context: Json): Json {
  if (text.startsWith('$')) return evaluate(text, data, context);
  return text.startsWith("'") ? text.slice(1, -1) : Number(text);
}
