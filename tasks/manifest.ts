import { defined } from './domain/defined.ts';
import {
  accountReads,
  adoptions,
  secretChanges,
  secretReads,
  userChanges,
  userReads,
  type Verb,
  verbsIn,
} from './domain/verbs.ts';
import {
  checkUse,
  handleLeak,
  handleMailEvents,
  ownerPages,
  publishEvents,
  recordRotation,
  useCanaryKey,
} from './manifest/others.ts';
import * as rotation from './manifest/rotation.ts';
import {
  type DetailPattern,
  type EventPattern,
  type EventTrigger,
  type FunctionRow,
  type Matcher,
  type ScheduleRow,
  sweepMachineName,
} from './manifest/row.ts';
import * as sweep from './manifest/sweep.ts';

export * from './manifest/others.ts';
export * from './manifest/row.ts';

/** Every task of the rotation, by name. */
export const rotationFunctions: readonly FunctionRow[] = Object.values(rotation);

/** Every task of the sweep, by name. */
export const sweepFunctions: readonly FunctionRow[] = Object.values(sweep);

export const sweepSchedule: ScheduleRow = { machine: sweepMachineName, input: {} };

export const eventFunctions: readonly (FunctionRow & { readonly trigger: EventTrigger })[] = [
  handleMailEvents,
  handleLeak,
  recordRotation,
];

/** Every function that is deployed whatever the settings are. */
export const allFunctions: readonly FunctionRow[] = [
  ...rotationFunctions,
  ...sweepFunctions,
  ...eventFunctions,
  checkUse,
  ownerPages,
];

/** Those and the ones that are deployed only if a setting asks for them. */
export const everyFunction: readonly FunctionRow[] = [...allFunctions, publishEvents, useCanaryKey];

/** The functions of a deployment with these settings. */
export const functionsOf = (asked: {
  readonly events: boolean;
  readonly canary: boolean;
}): readonly FunctionRow[] => [
  ...allFunctions,
  ...(asked.events ? [publishEvents] : []),
  ...(asked.canary ? [useCanaryKey] : []),
];

/** Whether a function uses any of these verbs. */
export const doesAny = ({ does }: Pick<FunctionRow, 'does'>, ...verbs: readonly Verb[]): boolean =>
  verbs.some((verb) => does.includes(verb));

const reads = { ...userReads, ...accountReads, ...secretReads };
const changes = { ...userChanges, ...secretChanges, ...adoptions };

/** Whether a function changes a user's keys, tags or secret. */
export const changesUser = ({ does }: Pick<FunctionRow, 'does'>): boolean =>
  verbsIn(changes, does).length > 0;

/** Which of a member account's roles a function assumes. */
export type MemberAccess = 'read' | 'write';

/** Empty if it enters no member account. */
export const entersBy = (row: Pick<FunctionRow, 'does'>): MemberAccess[] => [
  ...(verbsIn(reads, row.does).length > 0 ? (['read'] as const) : []),
  ...(changesUser(row) ? (['write'] as const) : []),
];

/**
 * How often Lambda retries an event after the function failed. 0 for other triggers: a state machine has its own
 * retries.
 */
export const retriesOf = ({ trigger }: FunctionRow): number => ('retries' in trigger ? trigger.retries : 0);

/** Converts `ProvisionNewKey` to `provision-new-key`. */
export const kebabCase = (name: string): string =>
  name.replaceAll(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();

/** A task's file, relative to the repository's root. */
export const entryOf = ({ name, folder, file = kebabCase(name) }: FunctionRow): string =>
  `tasks/${folder}/${file}.ts`;

/** A deployment's location, as in its ARNs. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** A pattern with the deployment's own values filled in. */
export function patternAt({ resources, detail, ...pattern }: EventPattern, place: Place): EventPattern {
  const fill = (text: string): string =>
    text
      .replaceAll(`\${Partition}`, place.partition)
      .replaceAll(`\${Region}`, place.region)
      .replaceAll(`\${Account}`, place.account);
  const filled = detail === undefined ? undefined : fillDetail(detail, fill);
  return { ...pattern, ...defined({ resources: resources?.map(fill), detail: filled }) };
}

function fillDetail(detail: DetailPattern, fill: (text: string) => string): DetailPattern {
  const fields = Object.entries(detail).map(([field, wanted]) => [
    field,
    isMatchers(wanted)
      ? wanted.map((one) => (typeof one === 'string' ? fill(one) : { prefix: fill(one.prefix) }))
      : fillDetail(wanted, fill),
  ]);
  return Object.fromEntries(fields);
}

// `Array.isArray` doesn't recognize a readonly array.
const isMatchers = (wanted: readonly Matcher[] | DetailPattern): wanted is readonly Matcher[] =>
  Array.isArray(wanted);
