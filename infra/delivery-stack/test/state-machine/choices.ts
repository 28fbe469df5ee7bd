/** The comparisons of a Choice state that ours uses. */
import type { Fields, Json } from './interpreter.ts';
import { find, read } from './paths.ts';

/** The next state. */
export function choose(state: Fields, data: Json): string {
  const choice = (state.Choices as Fields[]).find((rule) => holds(rule, data));
  return (choice?.Next ?? state.Default) as string;
}

function holds(rule: Fields, data: Json): boolean {
  const { Next: _, Variable: variable, ...comparison } = rule;
  const [[operator, operand], ...more] = Object.entries(comparison) as [[string, Json]];
  if (more.length > 0) throw new Error(`more than one comparison: ${JSON.stringify(rule)}`);
  if (operator === 'Not') return !holds(operand as Fields, data);
  if (operator === 'And') return (operand as Fields[]).every((one) => holds(one, data));
  if (operator === 'IsPresent') return (find(variable as string, data) !== undefined) === operand;
  const value = read(variable as string, data);
  switch (operator) {
    case 'IsNull':
      return (value === null) === operand;
    case 'StringEquals':
    case 'BooleanEquals':
      return value === operand;
    case 'NumericGreaterThanEquals':
      return typeof value === 'number' && value >= (operand as number);
    case 'NumericLessThanPath':
      return typeof value === 'number' && value < (read(operand as string, data) as number);
    default:
      throw new Error(`not a comparison known here: ${operator}`);
  }
}
