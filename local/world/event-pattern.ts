/**
 * Whether an event matches an EventBridge pattern, limited to what keyturn's patterns use: each field that the
 * pattern names must be there, with one of the values listed; if the event has a list, one element is enough.
 * @throws {Error} naming an operator that isn't modelled, or a field without a list, as PutRule refuses it
 */
export function matchesPattern(pattern: object, event: unknown): boolean {
  const fields = Object.entries(pattern);
  if (fields.length === 0) throw new Error('an event pattern must name a field');
  // Not `every`: what isn't modelled is refused whether or not an earlier field matches.
  const found = fields.map(([field, wanted]) => matchesField(field, wanted, fieldOf(event, field)));
  return found.every(Boolean);
}

function matchesField(field: string, wanted: unknown, value: unknown): boolean {
  if (isObject(wanted)) return matchesPattern(wanted, value);
  if (!Array.isArray(wanted) || wanted.length === 0)
    throw new Error(`the event pattern's field ${field} must be a list or an object`);
  const values = Array.isArray(value) ? value : [value];
  const found = wanted.map((matcher) => values.some(readMatcher(field, matcher)));
  return found.some(Boolean);
}

function readMatcher(field: string, matcher: unknown): (value: unknown) => boolean {
  if (!isObject(matcher)) return (value) => value === matcher;
  const [operator = 'none', ...others] = Object.keys(matcher);
  const argument = fieldOf(matcher, operator);
  if (operator !== 'prefix' || others.length > 0 || typeof argument !== 'string') {
    throw new Error(
      `the event pattern's operator ${[operator, ...others].join()} of ${field} isn't modelled`,
    );
  }
  return (value) => typeof value === 'string' && value.startsWith(argument);
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fieldOf = (value: unknown, field: string): unknown =>
  isObject(value) && Object.hasOwn(value, field) ? Reflect.get(value, field) : undefined;
