import * as z from 'zod';
import { AdoptableSecret, listSecrets } from '../aws/adoptable-secrets.ts';
import { Executions } from '../aws/executions.ts';
import { MemberUser } from '../aws/member-user.ts';
import { activeAccount } from '../aws/organization.ts';
import type { Dependencies } from '../dependencies.ts';
import {
  type AdoptionDecision,
  decideAdoption,
  decideUnread,
  type UserOfSecret,
} from '../domain/adopting/adopt.ts';
import {
  candidatesAmong,
  isAdoptedAlready,
  type ListedSecret,
  type SecretClaim,
} from '../domain/adopting/candidates.ts';
import {
  type Adoption,
  type AdoptionRequest,
  mostAtOnce,
  parseAdoptionRequest,
} from '../domain/adopting/request.ts';
import { InvalidInput, UnknownUser } from '../domain/errors.ts';
import { accountIn, nameOf } from '../domain/execution-name.ts';
import { sameName } from '../domain/letter-case.ts';
import { shapeTag } from '../domain/secret-shape.ts';
import { rotationTag, secretTag } from '../domain/tags.ts';
import { lambdaHandler } from '../lambda.ts';
import { adoptSecrets as row } from '../manifest/rotation.ts';
import { only } from '../manifest/row.ts';
import { task } from '../task.ts';

interface Result {
  readonly act: 'adopted' | 'planned';
  readonly because: string;
  readonly accountId: string;
  readonly by: string;
  readonly secrets: readonly Adoption[];
  /** How many more there are, for another execution. */
  readonly more: number;
}

/** What each step needs. */
interface Adopting {
  readonly accountId: string;
  readonly executionArn: string;
  readonly apply: boolean;
  readonly dependencies: Dependencies;
}

/**
 * State AdoptSecrets: makes secrets that existed before keyturn those of their users. Nothing in them changes: a
 * version gets a label that says which key it holds, and the user a tag that names the secret. Reads a secret only if
 * its name or its tag says that it holds a key of this user's, and nothing of what it reads leaves this function.
 */
export const adoptSecrets = task({
  name: 'AdoptSecrets',
  input: z.object({ request: z.unknown(), executionArn: z.string() }),
  run: async ({ request, executionArn }, dependencies): Promise<Result> => {
    const asked = parseAdoptionRequest(request);
    const { accountId, adopt } = asked;
    if (!dependencies.settings.adopts)
      throw new InvalidInput('no secret may be adopted: set storage.adopts to true, and deploy');
    const { heldBack } = await activeAccount(dependencies, accountId);
    const apply = adopt.apply && heldBack === undefined;
    const adopting: Adopting = { accountId, executionArn, apply, dependencies };
    const { candidates, left } = candidatesAmong(await listAll(adopting), {
      accountId,
      secretPrefix: dependencies.settings.secretPrefix,
    });
    // What was adopted before comes last, so that each execution gets further.
    const wanted = candidates
      .filter((one) => isAsked(asked, one.userName))
      .toSorted((a, b) => Number(isAdoptedAlready(a.secret)) - Number(isAdoptedAlready(b.secret)));
    const others = left.filter((one) => isAsked(asked, one.userName ?? ''));
    const secrets: Adoption[] = [];
    for (const candidate of wanted.slice(0, mostAtOnce)) secrets.push(await adoptOne(candidate, adopting));
    secrets.push(...others.slice(0, mostAtOnce));
    dependencies.log.warn('adopted secrets', { accountId, by: adopt.by, apply, secrets });
    return {
      act: apply ? 'adopted' : 'planned',
      because: (adopt.apply ? heldBack : undefined) ?? (apply ? 'as asked' : 'only a plan was asked for'),
      accountId,
      by: adopt.by,
      secrets,
      more: wanted.slice(mostAtOnce).filter(({ secret }) => !isAdoptedAlready(secret)).length,
    };
  },
});

const isAsked = ({ userName }: AdoptionRequest, name: string): boolean =>
  userName === undefined || sameName(userName, name);

/** The account's secrets, and those that are about it in the central account. */
async function listAll({ accountId, executionArn, dependencies }: Adopting): Promise<ListedSecret[]> {
  const accounts = new Set([accountId, accountIn(executionArn)]);
  const found: ListedSecret[] = [];
  for (const account of accounts)
    found.push(...(await listSecrets(dependencies, { accountId: account, executionArn })));
  return found;
}

async function adoptOne(candidate: SecretClaim, adopting: Adopting): Promise<Adoption> {
  const { accountId, executionArn, apply, dependencies } = adopting;
  const session = { accountId, executionArn };
  const user = await look(candidate.userName, adopting);
  const unread = decideUnread(candidate, user);
  if (unread !== undefined || user === undefined) return unread ?? gone(candidate);
  const secret = await AdoptableSecret.open(dependencies, session, candidate.secret);
  const texts = { current: await secret.text('AWSCURRENT'), previous: await secret.text('AWSPREVIOUS') };
  const decision = decideAdoption(candidate, user, texts);
  if (apply && decision.adoption.act === 'adopt') {
    for (const held of decision.held) await secret.label(held);
    await mark(candidate.secret.arn, decision, user, adopting);
  }
  return decision.adoption;
}

const gone = ({ secret, userName }: SecretClaim): Adoption => ({
  secret: secret.name,
  userName,
  act: 'leave',
  because: `the account has no user ${userName}`,
});

/** Undefined if there is no such user. */
async function look(
  userName: string,
  { accountId, executionArn, dependencies }: Adopting,
): Promise<UserOfSecret | undefined> {
  const about = { accountId, userName, executionArn };
  try {
    const user = await MemberUser.enter(dependencies, about, only(row, 'readUser', 'readKeys'));
    const { name, tags } = await user.itself();
    const running = await runningOf(tags.get(rotationTag), dependencies);
    return { name, tags, keys: await user.keys(), ...(running === undefined ? {} : { running }) };
  } catch (error) {
    if (error instanceof UnknownUser) return undefined;
    throw error;
  }
}

async function runningOf(arn: string | undefined, dependencies: Dependencies): Promise<string | undefined> {
  if (arn === undefined) return undefined;
  const execution = await new Executions(dependencies).describe(arn);
  return execution?.status === 'RUNNING' ? nameOf(arn) : undefined;
}

/** The tag that names the secret comes last: until then, nothing is adopted. */
async function mark(
  arn: string,
  { adoption }: AdoptionDecision,
  { name, tags }: UserOfSecret,
  { accountId, executionArn, dependencies }: Adopting,
): Promise<void> {
  const user = await MemberUser.enter(
    dependencies,
    { accountId, userName: name, executionArn },
    only(row, 'tagUser'),
  );
  const { shape } = adoption;
  if (shape !== undefined && tags.get(shapeTag) !== shape) await user.tag(shapeTag, shape);
  await user.tag(secretTag, arn);
}

export const handler = lambdaHandler(adoptSecrets);
