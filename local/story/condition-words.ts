/** "confirm, with new key" for `$decision.decision = 'confirm' and $exists($work.newKeyId)`. */
export function wording(condition: string): string {
  const expression = condition.replace(/^\{%\s*|\s*%\}$/g, '');
  return expression.split(' and ').map(alternatives).join(', ');
}

/** "with new key or with replaced by" for `($exists($work.newKeyId) or $exists($work.plan.replacedById))`. */
const alternatives = (clause: string): string =>
  clause
    .replace(/^\((.+ or .+)\)$/, '$1')
    .split(' or ')
    .map(clauseWording)
    .join(' or ');

const clauses: readonly (readonly [RegExp, (name: string) => string])[] = [
  [/^\$[\w.]+ = '(\w+)'$/, (name) => words(name)],
  [/^\$exists\(\$(?:\w+\.)*(\w+)\)$/, (name) => `with ${words(name)}`],
  [/^\$not\(\$exists\(\$(?:\w+\.)*(\w+)\)\)$/, (name) => `without ${words(name)}`],
  [/^\$\w+ < \$(?:\w+\.)*(\w+)$/, (name) => `${words(name)} left`],
  [/^\$toMillis\(.+\) < \$(\w+)$/, (name) => words(name)],
  [/^\$(\w+) < \d+$/, (name) => `${words(name)} left`],
  [/^\$count\(\$(?:\w+\.)*(\w+)\) > 0$/, (name) => words(name)],
  [/^\$count\(\$(?:\w+\.)*(\w+)\) > 1$/, (name) => `more than one ${words(name)}`],
  [/^\$(?:\w+\.)*(\w+)$/, (name) => words(name)],
];

function clauseWording(clause: string): string {
  for (const [pattern, say] of clauses) {
    const [, name] = pattern.exec(clause) ?? [];
    if (name !== undefined) return say(name);
  }
  throw new Error(`no wording for the condition ${clause}`);
}

/** Names that are too vague, or too specific, for a label. */
const betterWords: Readonly<Record<string, string>> = {
  replacedById: 'replacement',
  leakRounds: 'rounds',
  leakTries: 'tries',
  leakTellAgainAt: 'told today',
  standIn: 'operator',
};

/** "new key" for `newKeyId` */
export const words = (name: string): string =>
  (betterWords[name] ?? name)
    .replace(/Id$/, '')
    .replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .trim();

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
