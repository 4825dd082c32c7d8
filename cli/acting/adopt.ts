import * as z from 'zod';
import { type Adoption, adoptionSchema } from '../../tasks/domain/adopting/request.ts';
import { userNameSchema } from '../../tasks/domain/rotation.ts';
import { accountIdSchema } from '../../tasks/domain/scope.ts';
import { CannotRun } from '../cannot-run.ts';
import { type Asked, type CommandOutcome, commandSpec } from '../command.ts';
import type { Context } from '../context.ts';
import { columns, textOf } from '../layout.ts';
import { exitCodes } from '../terminal.ts';
import { text } from './asking.ts';
import { endOf, refusalOf, startFor } from './starting.ts';

const shape = z.object({
  accountId: z.string().describe('the account'),
  state: z
    .enum(['planned', 'adopted'])
    .describe('`planned`: only shown; `adopted`: done, except for what `secrets` says'),
  because: z.string().describe('why it was only planned'),
  execution: z.string().describe('the ARN of the execution that looked or adopted, and records who asked'),
  secrets: z.array(adoptionSchema).describe('what becomes of each secret, and why'),
  more: z.number().describe('how many more there are: run it again'),
});
type Result = z.infer<typeof shape>;

/** The command `adopt`. */
export const adoptCommand = commandSpec({
  name: 'adopt',
  summary: 'make secrets that exist already those of their users',
  description: `Shows which secrets of an account keyturn would adopt: those of the AWS sample, by their names, and
those with the tag keyturn:user. With --yes it adopts them: programs read what they always read, and
keyturn adds the next key there. A task looks and adopts under its own role; nothing that is in a
secret changes, and what can't be adopted is named with the reason. See docs/migrating.md.`,
  args: [['<where>', 'an account’s ID, or account/user']],
  options: [['--by <name>', 'your name; goes on record']],
  examples: ['adopt 222222222222 --by "Jane Doe"', 'adopt 222222222222/deploy-bot --by "Jane Doe" --yes'],
  changes: true,
  shape,
  run: adopt,
});

async function adopt(asked: Asked): Promise<CommandOutcome<Result>> {
  const { context, options } = asked;
  const by = text(options, 'by');
  if (by === undefined) throw new CannotRun('Say who you are: --by "YOUR NAME". It goes on record.');
  if (!context.deployment.storage.adopts)
    throw new CannotRun('No secret may be adopted: set storage.adopts to true, and deploy.');
  const where = readWhere(asked.args[0]);
  const apply = options.yes === true && !context.isDryRun;
  const result = await runAdoption(context, where, { by, apply });
  return { exitCode: exitCodes.ok, result, text: textFor(result, apply) };
}

interface Where {
  readonly accountId: string;
  readonly userName?: string;
}

/** @throws {CannotRun} */
function readWhere(said = ''): Where {
  const [accountId = '', userName] = said.trim().split('/');
  const isUser = userName === undefined || userNameSchema.safeParse(userName).success;
  if (!accountIdSchema.safeParse(accountId).success || !isUser)
    throw new CannotRun(`Give an account’s ID, or account/user; "${said}" is neither.`);
  return userName === undefined ? { accountId } : { accountId, userName };
}

async function runAdoption(
  context: Context,
  where: Where,
  wanted: { readonly by: string; readonly apply: boolean },
): Promise<Result> {
  const named = { userName: 'all', ...where };
  const execution = await startFor(context, 'adopt', named, { ...where, adopt: wanted });
  const what = wanted.apply ? 'Adopting secrets' : 'Looking at secrets';
  const end = await context.during(what, () => endOf(context, execution, 300_000));
  if (end === undefined)
    throw new CannotRun(`${execution} was started and hasn’t ended yet: look at it again.`);
  const output = outputSchema.safeParse(end.output).data;
  if (output === undefined) throw refusalOf(end);
  const { accountId, act, because, secrets, more } = output;
  return { accountId, state: act, because, execution, secrets, more };
}

const outputSchema = z.object({
  accountId: z.string(),
  act: z.enum(['adopted', 'planned']),
  because: z.string(),
  secrets: z.array(adoptionSchema),
  more: z.number(),
});

const words: Readonly<Record<Adoption['act'], readonly [planned: string, done: string]>> = {
  adopt: ['would adopt', 'adopted'],
  adopted: ['is adopted', 'was adopted'],
  leave: ['stays as it is', 'stays as it is'],
};

function textFor({ state, secrets, more, because }: Result, asked: boolean): string {
  const rows = secrets.map(({ act, userName = '', secret, because: why }) => [
    words[act][state === 'adopted' ? 1 : 0],
    userName,
    secret,
    why,
  ]);
  const wanted = secrets.some(({ act }) => act === 'adopt');
  return textOf([
    ...(rows.length === 0 ? ['No secret says that it holds a key of one of its users.'] : columns(rows)),
    ...(asked && state === 'planned' ? [`Nothing was adopted: ${because}.`] : []),
    ...(!asked && wanted ? ['Add --yes to adopt them.'] : []),
    ...(more > 0 ? [`And ${more} more: run it again, or for one user.`] : []),
  ]);
}
