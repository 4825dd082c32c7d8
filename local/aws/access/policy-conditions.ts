import { arnGlobOf, globOf } from './globs.ts';

/** A request's condition keys. An absent key is one that the request doesn't have. */
export type ConditionKeys = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The condition keys that a request here can have. A condition on any other would never be met, without a hint why. */
const ONE_VALUE = [
  'aws:ResourceTag/keyturn:account',
  'aws:ResourceTag/keyturn:user',
  'aws:PrincipalAccount',
  'aws:PrincipalArn',
  'aws:PrincipalOrgID',
  'aws:ResourceAccount',
  'aws:ResourceOrgID',
  'aws:SecureTransport',
  'aws:SourceAccount',
  'kms:CallerAccount',
  'kms:EncryptionContext:SecretARN',
  'kms:EncryptionContext:aws:states:stateMachineArn',
  'kms:ViaService',
  'secretsmanager:BlockPublicPolicy',
  'secretsmanager:KmsKeyId',
  'secretsmanager:Name',
  'secretsmanager:RecoveryWindowInDays',
  'secretsmanager:VersionId',
  'secretsmanager:VersionStage',
  'ses:FromAddress',
  'sts:ExternalId',
  'sts:RoleSessionName',
  'sts:SourceIdentity',
] as const;
const SEVERAL_VALUES = ['kms:ResourceAliases', 'states:StateMachineQualifier'] as const;

const KEYS = new Map([...ONE_VALUE, ...SEVERAL_VALUES].map((key) => [key.toLowerCase(), key]));
const SEVERAL: ReadonlySet<string> = new Set(SEVERAL_VALUES);

/** Whether a value of the request satisfies the policy. */
type Wants = (value: string) => boolean;

const OPERATORS: Readonly<Record<string, (wanted: string) => Wants>> = {
  StringEquals: (wanted) => (value) => value === wanted,
  StringLike: (wanted) => {
    const glob = globOf(wanted);
    return (value) => glob.test(value);
  },
  ArnEquals: arnGlobOf,
  ArnLike: arnGlobOf,
  NumericGreaterThanEquals: (wanted) => (value) => Number(value) >= Number(wanted),
  Bool: (wanted) => (value) => value.toLowerCase() === wanted.toLowerCase(),
};
/** Met if none of the values is one that the policy names, and so by a request that has none. */
const NEGATED: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
};
const OF_ANY_VALUE: ReadonlySet<string> = new Set(['StringEquals', 'StringLike']);

/** A statement's whole `Condition`, read. */
export type Condition = (context: ConditionKeys) => boolean;

/**
 * Reads a statement's `Condition`: every operator and every key in it must be met, by one of its values.
 * @throws the error that `problem` makes of a message, for any operator, key or value that isn't modelled
 */
export function readCondition(value: unknown, problem: (message: string) => Error): Condition {
  if (value === undefined) return () => true;
  const conditions = entriesOf(value, problem).flatMap(([operator, keys]) =>
    entriesOf(keys, problem).map(([key, wanted]) =>
      readOne(operator, key, valuesOf(wanted, problem), problem),
    ),
  );
  return (context) => conditions.every((condition) => condition(context));
}

function readOne(
  operator: string,
  key: string,
  wanted: readonly string[],
  problem: (message: string) => Error,
): Condition {
  const known = KEYS.get(key.toLowerCase());
  if (known === undefined) throw problem(`The condition key ${key} is not modelled here.`);
  if (operator === 'Null') {
    return (context) => wanted.includes(String(context[known] === undefined));
  }
  const positive = Object.hasOwn(NEGATED, operator) ? NEGATED[operator] : undefined;
  if (positive !== undefined) {
    const isOne = readOne(positive, key, wanted, problem);
    return (context) => !isOne(context);
  }
  const [, forAny, name = ''] = /^(ForAnyValue:)?(\w+)$/.exec(operator) ?? [];
  const wants = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (wants === undefined || (forAny !== undefined && !OF_ANY_VALUE.has(name))) {
    throw problem(`The condition operator ${operator} is not modelled here.`);
  }
  if (SEVERAL.has(known) && forAny === undefined) {
    throw problem(`The condition key ${known} has several values: ForAnyValue:${name}.`);
  }
  const all = wanted.map((value) => wants(value));
  return (context) => [context[known] ?? []].flat().some((value) => all.some((one) => one(value)));
}

function entriesOf(value: unknown, problem: (message: string) => Error): [string, unknown][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.entries(value);
  throw problem('Syntax error in Condition.');
}

function valuesOf(value: unknown, problem: (message: string) => Error): string[] {
  return [value].flat().map((one: unknown) => {
    if (typeof one === 'boolean') return String(one);
    if (typeof one !== 'string') throw problem('A value in Condition is not a string.');
    if (one.includes('${')) throw problem('The policy variable in Condition is not modelled here.');
    return one;
  });
}
