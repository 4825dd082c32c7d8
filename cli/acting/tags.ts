import * as z from 'zod';
import { parseChangeRequest, type TagChange, tagsFor } from '../../tasks/domain/tag-change.ts';
import { CannotRun } from '../cannot-run.ts';
import { type Asked, type CommandOutcome, commandSpec, type Described } from '../command.ts';
import { exitCodes } from '../terminal.ts';
import { isAgreed, text } from './asking.ts';
import { nameUser } from './rotate.ts';
import { endOf, refusalOf, startFor } from './starting.ts';
import { policyValues } from './tag-values.ts';
import { findTarget } from './user.ts';

const changedSchema = z.object({
  tag: z.string().describe('the tag'),
  from: z.string().optional().describe('what it was; absent if there was none'),
  to: z.string().optional().describe('what it is; absent if it was removed'),
});
const shape = z.object({
  accountId: z.string().describe('the user’s account'),
  userName: z.string().describe('the user'),
  change: z.looseObject({}).describe('what was asked for'),
  state: z.enum(['planned', 'changed']).describe('`planned`: only shown'),
  execution: z
    .string()
    .optional()
    .describe('the ARN of the execution that changed the tags, and records who asked'),
  changed: z.array(changedSchema).describe('the tags that are different now'),
});
type Result = z.infer<typeof shape>;

const subject: readonly Described[] = [['<user>', 'account/user, or a rotation of the user']];
const by: Described = ['--by <name>', 'your name; goes on record'];
const description = (says: string): string => `${says}

A task changes the user's tag under its own role, and its execution records who asked for it. Bounds
are checked before anything is written. A rotation that runs has read its tags, and continues.`;

/** The command `exempt`. */
export const exemptCommand = commandSpec({
  name: 'exempt',
  summary: 'leave a user alone until a day',
  description: description(
    'Exempts a user from rotations until the end of a day (UTC), with a reason; or ends that.',
  ),
  args: subject,
  options: [
    by,
    ['--until <day>', 'the last day, such as 2027-03-31'],
    ['--reason <text>', 'why'],
    ['--end', 'end the exemption'],
  ],
  examples: [
    'exempt 222222222222/deploy-bot --until 2027-03-31 --reason "vendor" --by "Jane Doe"',
    'exempt 222222222222/deploy-bot --end --by "Jane Doe"',
  ],
  changes: true,
  shape,
  run: (asked) => {
    const { options } = asked;
    const [until, reason] = [text(options, 'until'), text(options, 'reason')];
    if (options.end === true && until === undefined) return change(asked, { exempt: null });
    if (options.end === true || until === undefined || reason === undefined)
      throw new CannotRun('An exemption has an end and a reason: give --until and --reason, or --end alone.');
    return change(asked, { exempt: { until, reason } });
  },
});

/** The command `policy`. */
export const policyCommand = commandSpec({
  name: 'policy',
  summary: 'set how one user’s keys are rotated',
  description: description('Sets values of the policy for one user; name= removes the user’s own value.'),
  args: [
    ...subject,
    ['<values...>', 'such as quietDays=14 windowDays=20; the names are in docs/settings.md'],
  ],
  options: [by],
  examples: ['policy 222222222222/deploy-bot quietDays=14 windowDays= --by "Jane Doe"'],
  changes: true,
  shape,
  run: (asked) => {
    const values = asked.args.slice(1).flatMap((value) => (value === undefined ? [] : [value]));
    return change(asked, { policy: policyValues(values) });
  },
});

/** The command `owner`. */
export const ownerCommand = commandSpec({
  name: 'owner',
  summary: 'say who answers for a user',
  description: description(
    'Sets the addresses that keyturn asks about a user; --remove leaves the account’s address.',
  ),
  args: [...subject, ['[addresses...]', 'mail addresses']],
  options: [by, ['--remove', 'remove the tag']],
  examples: ['owner 222222222222/deploy-bot anna.lind@example.com --by "Jane Doe"'],
  changes: true,
  shape,
  run: (asked) => {
    const owner = asked.args.slice(1).flatMap((value) => (value === undefined ? [] : [value]));
    if ((asked.options.remove === true) === owner.length > 0)
      throw new CannotRun('Give one or more mail addresses, or --remove alone.');
    return change(asked, { owner: owner.length === 0 ? null : owner });
  },
});

async function change(asked: Asked, wanted: Omit<TagChange, 'by'>): Promise<CommandOutcome<Result>> {
  const { context, options, args } = asked;
  const name = text(options, 'by');
  if (name === undefined) throw new CannotRun('Say who you are: --by "YOUR NAME". It goes on record.');
  const { user } = await findTarget(context, args[0]);
  const input = { ...user, change: { by: name, ...wanted } };
  const tags = await checked(asked, input);
  const plan = [
    `Changes tags of ${nameUser(user)}:`,
    ...[...tags].map(([tag, to]) => `  ${tag}  ${to ?? '(removed)'}`),
  ];
  const agreed = await isAgreed({ ...asked, options: { ...options, yes: true } }, plan.join('\n'));
  if (!agreed) return outcome({ ...user, change: input.change, state: 'planned', changed: [] }, '');
  const execution = await startFor(context, 'tags', input);
  const end = await context.during('Changing tags', () => endOf(context, execution));
  if (end === undefined)
    throw new CannotRun(`${execution} was started and hasn’t ended yet: look at it again.`);
  if (end.outcome !== 'tagsChanged') throw refusalOf(end);
  const changed = z.array(changedSchema).parse(end.output.changed);
  const said =
    changed.length === 0 ? 'Nothing to change: all tags are so already.' : `Changed, as ${execution}`;
  return outcome({ ...user, change: input.change, state: 'changed', execution, changed }, `${said}\n`);
}

const outcome = (result: Result, said: string): CommandOutcome<Result> => ({
  exitCode: exitCodes.ok,
  result,
  text: said,
});

/** The check that the task makes too, as far as it needs no look at the user. @throws {CannotRun} */
async function checked(
  { context: { deployment, now } }: Asked,
  input: unknown,
): Promise<Map<string, string | undefined>> {
  const at = await now();
  try {
    return tagsFor(parseChangeRequest(input).change, { ownerTag: deployment.mail.ownerTag, now: at });
  } catch (error) {
    throw new CannotRun(`${error instanceof Error ? error.message : String(error)}.`);
  }
}
