const months = 'JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC';
const weekdays = 'SUN|MON|TUE|WED|THU|FRI|SAT';

interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly names?: string;
  /** Other values that the field accepts as a whole. */
  readonly special?: RegExp;
}

const fields: readonly Field[] = [
  { name: 'minutes', from: 0, to: 59 },
  { name: 'hours', from: 0, to: 23 },
  { name: 'day-of-month', from: 1, to: 31, special: /^(\?|L|LW|\d{1,2}W)$/ },
  { name: 'month', from: 1, to: 12, names: months },
  { name: 'day-of-week', from: 1, to: 7, names: weekdays, special: /^(\?|L|([1-7]|[A-Z]{3})(L|#[1-5]))$/ },
  { name: 'year', from: 1970, to: 2199 },
];
const order = fields.map(({ name }) => name).join(' ');

/** What is wrong with an expression for EventBridge Scheduler; undefined if it is valid. */
export function problemWithTimetable(expression: string): string | undefined {
  const { kind, inside = '' } = /^(?<kind>cron|rate)\((?<inside>.+)\)$/.exec(expression)?.groups ?? {};
  if (kind === undefined) return 'must be cron(…) or rate(…), as EventBridge Scheduler takes it';
  return kind === 'rate' ? problemWithRate(inside) : problemWithCron(inside.trim().split(/\s+/));
}

const problemWithRate = (inside: string): string | undefined =>
  /^[1-9]\d{0,5} (minute|hour|day)s?$/.test(inside)
    ? undefined
    : 'must be rate(a whole number and minutes, hours or days), such as rate(1 day)';

function problemWithCron(values: readonly string[]): string | undefined {
  if (values.length !== fields.length) {
    return `must have six fields, ${order}, such as cron(0 6 ? * MON-FRI *)`;
  }
  for (const [index, field] of fields.entries()) {
    const value = values[index] ?? '';
    if (!isFieldOf(field, value)) {
      const { name, from, to } = field;
      return `has ${JSON.stringify(value)} for ${name}; allowed is * or a number, list, range or step from ${from} to ${to}`;
    }
  }
  return (values[2] === '?') === (values[4] === '?')
    ? 'must have ? for day-of-month or for day-of-week, and not for both'
    : undefined;
}

const isFieldOf = ({ special, ...field }: Field, value: string): boolean =>
  special?.test(value) === true || value.split(',').every((part) => isPart(field, part));

/** `*`, a value or a range, each optionally with a step. */
function isPart({ from, to, names }: Field, part: string): boolean {
  const [range = '', step, ...more] = part.split('/');
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d{0,3}$/.test(step))) return false;
  if (range === '*') return true;
  const isValue = (text: string): boolean =>
    (names?.split('|').includes(text.toUpperCase()) ?? false) ||
    (/^\d{1,4}$/.test(text) && Number(text) >= from && Number(text) <= to);
  const ends = range.split('-');
  return ends.length <= 2 && ends.every(isValue);
}
