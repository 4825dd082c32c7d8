import * as z from 'zod';
import { shortKeyId } from '../keys.ts';
import type { KeyRow } from '../sweeps/row.ts';
import { daysBetween, isoDay } from '../time.ts';
import { controls } from './controls.ts';
import { type ControlId, type ControlResult, controlIdSchema } from './result.ts';

/** A user whose keys fail a control. Which key it is may change from sweep to sweep, so it has no part in the ID. */
const findingSchema = z.object({
  accountId: z.string(),
  userName: z.string(),
  userPath: z.string().optional(),
  control: controlIdSchema,
  description: z.string(),
  createdAt: z.coerce.date(),
});
export type ControlFinding = z.infer<typeof findingSchema>;

/** What Security Hub has accepted of an account and not yet archived, and when it was last sent. */
export const sentSchema = z.array(findingSchema.extend({ sentAt: z.coerce.date() }));
export type SentFindings = z.infer<typeof sentSchema>;

/** What to send about an account. */
export interface FindingsPlan {
  /** New, changed, or not sent for long. */
  readonly open: readonly ControlFinding[];
  /** Those that no longer hold. */
  readonly archive: readonly ControlFinding[];
}

/** Security Hub deletes a finding that wasn't updated for 90 days. */
const sendAgainDays = 30;

export const findingId = ({
  accountId,
  userName,
  control,
}: Pick<ControlFinding, 'accountId' | 'userName' | 'control'>): string =>
  `keyturn/${accountId}/${userName}/${control}`;

/**
 * Compares what holds with what was sent.
 * @param complete whether every user of the account could be read; if not, one who is missing may still be there
 */
export function planFindings(
  { rows, complete }: { readonly rows: readonly KeyRow[]; readonly complete: boolean },
  sent: SentFindings,
  now: Date,
): FindingsPlan {
  const before = new Map(sent.map((one) => [findingId(one), one]));
  const open: ControlFinding[] = [];
  const keep = new Set<string>();
  const byUser = new Map<string, KeyRow[]>();
  for (const row of rows) byUser.set(row.userName, [...(byUser.get(row.userName) ?? []), row]);
  for (const [userName, keys] of byUser) {
    for (const { id: control } of controls) {
      const result = resultOf(keys, control);
      const id = findingId({ accountId: keys[0]?.accountId ?? '', userName, control });
      if (result === 'fail' || result === 'unknown') keep.add(id);
      if (result !== 'fail') continue;
      const finding = findingOf(keys, control, before.get(id)?.createdAt ?? now);
      if (finding !== undefined && !isSent(finding, before.get(id), now)) open.push(finding);
    }
  }
  const archive = sent.filter((one) => !keep.has(findingId(one)) && (complete || byUser.has(one.userName)));
  return { open, archive };
}

/** What was sent, after the plan was: without `refused`, which Security Hub did not accept. */
export function sentAfter(
  sent: SentFindings,
  { open, archive }: FindingsPlan,
  refused: ReadonlySet<string>,
  now: Date,
): SentFindings {
  const accepted = (one: ControlFinding): boolean => !refused.has(findingId(one));
  const after = new Map(sent.map((one) => [findingId(one), one]));
  for (const one of archive.filter(accepted)) after.delete(findingId(one));
  for (const one of open.filter(accepted)) after.set(findingId(one), { ...one, sentAt: now });
  return [...after.values()];
}

/** One failure fails the user; one unknown leaves it open. */
function resultOf(keys: readonly KeyRow[], control: ControlId): ControlResult {
  const results = keys.map(({ controls: of }) => of?.[control]);
  if (results.includes('fail')) return 'fail';
  return results.includes('unknown') ? 'unknown' : 'pass';
}

const isSent = (finding: ControlFinding, before: SentFindings[number] | undefined, now: Date): boolean =>
  before !== undefined &&
  before.description === finding.description &&
  daysBetween(before.sentAt, now) < sendAgainDays;

function findingOf(keys: readonly KeyRow[], control: ControlId, createdAt: Date): ControlFinding | undefined {
  const [first] = keys;
  if (first === undefined) return undefined;
  const { accountId, userName, userPath } = first;
  const failing = keys.filter(({ controls: of }) => of?.[control] === 'fail');
  const who = control === 'noRootKey' ? 'The root user' : `The user ${userName}`;
  // Nothing in it changes from day to day: it would be sent again each time.
  const description = `${who} of account ${accountId}: ${failing.map(keyInWords).join('; ')}.`;
  return {
    ...{ accountId, userName, control, description, createdAt },
    ...(userPath === undefined ? {} : { userPath }),
  };
}

function keyInWords({ keyId, slot, status, since, lastUse }: KeyRow): string {
  const name = keyId === undefined ? `access key ${slot}` : `access key ${shortKeyId(keyId)}`;
  const age = keyId === undefined ? 'created or changed' : 'created';
  const use = lastUse.state === 'neverUsed' ? ', never used' : '';
  return `${name}, ${status.toLowerCase()}, ${age} on ${isoDay(since)}${use}`;
}
