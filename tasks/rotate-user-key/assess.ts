import * as z from 'zod';
import { MemberUser } from '../aws/member-user.ts';
import { type ActiveAccount, accountOfLeak, activeAccount } from '../aws/organization.ts';
import { SecretStore } from '../aws/secret-store.ts';
import type { Dependencies } from '../dependencies.ts';
import { assess as decide } from '../domain/assessing/assess.ts';
import type { Act, Assessment, Facts } from '../domain/assessing/facts.ts';
import type { KeyInQuestion, KeyQuestion } from '../domain/assessing/key-question.ts';
import { orphansAmong } from '../domain/assessing/orphans.ts';
import { makePlan, type Situation } from '../domain/assessing/plan.ts';
import { whose } from '../domain/events/whose.ts';
import { type AccessKey, accessKeyIdSchema, type LastUse } from '../domain/keys.ts';
import { assessLeak } from '../domain/leaks/assess-leak.ts';
import { TagMap } from '../domain/letter-case.ts';
import { madeByCode } from '../domain/made-by-code.ts';
import { type WayOff, wayOffFor } from '../domain/off-keys.ts';
import { makePolicy, policyFromTags } from '../domain/policy.ts';
import { readIntents } from '../domain/provisioning/intents.ts';
import { type Plan, type Request, type Rotation, requestSchema, rotationSchema } from '../domain/rotation.ts';
import { shapeFor } from '../domain/secret-shape.ts';
import type { StoredVersions } from '../domain/secret-versions.ts';
import { adoptedIn, exemptionOf, intentTag, isSelfUpdating } from '../domain/tags.ts';
import { lambdaHandler } from '../lambda.ts';
import { assess as row } from '../manifest/rotation.ts';
import type { Settings } from '../settings.ts';
import { task } from '../task.ts';
import { assessRestoration, type Restored } from './assess-restore.ts';
import { findOwners, startFindingOwners } from './find-owners.ts';
import { keysLeftInactive } from './left-inactive.ts';
import { stopIfSuperseded } from './look-again.ts';
import { inTime, tolerably } from './urgent.ts';

/** What has happened since the emergency began. */
const leakSchema = z.object({
  /** Keys that were reported since. */
  also: z.array(accessKeyIdSchema),
  kept: z.array(z.object({ keyId: accessKeyIdSchema, at: z.coerce.date(), isActive: z.boolean() })),
});

const input = z.object({
  rotation: rotationSchema,
  request: requestSchema,
  leak: leakSchema.default({ also: [], kept: [] }),
  enteredAt: z.coerce.date().optional(),
});

type Assessed =
  | { readonly act: 'nothing'; readonly because: string }
  | { readonly act: 'askPerson'; readonly because: string; readonly question: KeyQuestion }
  | { readonly act: 'leakOpen'; readonly because: string; readonly keyId: string; readonly owner: string[] }
  | { readonly act: Plan['act']; readonly because: string; readonly plan: Plan }
  | Restored;

/**
 * State Assess: reads the user's keys, tags and policy and decides what they need, with a reason. Anything wrong with
 * input, tags or policy is found here, before anything is changed.
 */
export const assess = task({
  name: 'Assess',
  input,
  run: async ({ enteredAt, ...asked }, dependencies): Promise<Assessed> => {
    if (asked.request.action === 'restore') return assessRestoration(asked, dependencies, row.does);
    if (asked.request.action !== 'emergency') return assessUser(asked, dependencies);
    return inTime(enteredAt, dependencies, () => assessEmergency(asked, dependencies));
  },
});

interface Asked {
  readonly rotation: Rotation;
  readonly request: Request;
  readonly leak: z.infer<typeof leakSchema>;
}

async function assessUser({ rotation, request }: Asked, dependencies: Dependencies): Promise<Assessed> {
  const { settings, now } = dependencies;
  const account = await activeAccount(dependencies, rotation.accountId);
  const user = await MemberUser.enter(dependencies, rotation, row.does);
  const tags = await user.tags();
  await stopIfSuperseded(rotation, tags, dependencies);
  const policy = makePolicy([
    { from: 'the settings', values: settings.policy },
    { from: "the user's tags", values: policyFromTags(tags) },
    { from: "the input's policy", values: request.policy ?? {} },
  ]);
  const owner = await findOwners({ rotation, tags, account }, dependencies);
  const selfUpdating = isSelfUpdating(tags);
  const exemption = exemptionOf(tags);
  const secret = { shape: shapeFor(tags, settings.secretShape), ...adoptedIn(tags) };
  const store = await SecretStore.open(dependencies, { rotation, plan: secret }, row.does);
  const versions = await store.versions();
  const facts = await readFacts(user, { request, tags, policy, exemption, versions }, now());
  const assessment = decide(facts);
  return answer(
    assessment,
    {
      ...{ ...facts, ...secret, versions, owner, selfUpdating, account, wayOff: wayOffOf(rotation, facts) },
      madeByCode: madeByCode({ ...rotation, tags }, settings.survey.codeTags),
    },
    {
      rotation,
      heldBack: whyHeldBack(rotation, account, settings),
      dependencies,
    },
  );
}

/** Only active keys say what their user is for. */
const wayOffOf = ({ userName }: Rotation, { keys, uses, tags }: Facts): WayOff | undefined =>
  wayOffFor({
    userName,
    tags,
    uses: keys.flatMap(({ id, status }) => (status === 'Active' ? (uses.get(id) ?? []) : [])),
  });

/** Why nothing may be done beyond the assessment; undefined if changes are allowed. */
function whyHeldBack({ claim }: Rotation, account: ActiveAccount, { mode }: Settings): string | undefined {
  if (mode !== 'live') return 'audit';
  return account.heldBack ?? (claim === 'audit' ? 'audit' : undefined);
}

/** Only the keys themselves must be readable; everything else is optional information. */
async function assessEmergency(
  { rotation, request, leak }: Asked,
  dependencies: Dependencies,
): Promise<Assessed> {
  const { settings, now } = dependencies;
  const account = await accountOfLeak(dependencies, rotation.accountId);
  const user = await MemberUser.enter(dependencies, rotation, row.does);
  const tags = await tolerably(() => user.tags(), new TagMap(), dependencies, rotation);
  const readable = <T>(read: () => T, otherwise: T): Promise<T> =>
    tolerably(async () => read(), otherwise, dependencies, rotation);
  const defaults = { from: 'the settings', values: settings.policy };
  const policy = await readable(
    () =>
      makePolicy([
        defaults,
        { from: "the user's tags", values: policyFromTags(tags) },
        { from: "the input's policy", values: request.policy ?? {} },
      ]),
    makePolicy([defaults]),
  );
  const ownersByNow = startFindingOwners({ rotation, tags, account }, dependencies);
  const shape = await readable(() => shapeFor(tags, settings.secretShape), settings.secretShape);
  const secret = { shape, ...adoptedIn(tags) };
  const versions = await tolerably(
    async () => (await SecretStore.open(dependencies, { rotation, plan: secret }, row.does)).versions(),
    undefined,
    dependencies,
    rotation,
  );
  const facts = await readFacts(user, { request, tags, policy, exemption: undefined, versions }, now());
  const leaked = [...new Set([request.keyId ?? '', ...(request.alsoLeaked ?? []), ...leak.also])];
  const heldBack =
    rotation.claim === 'audit' ? (account.heldBack ?? 'this began as an audit') : account.heldBack;
  const { leakWithoutReplacement: withoutReplacement } = settings;
  const leftInactive = facts.keys.some(({ status }) => status === 'Inactive')
    ? (await keysLeftInactive(rotation, dependencies)).left
    : new Set<string>();
  const owner = await ownersByNow();
  const assessment = assessLeak({
    ...facts,
    leaked,
    heldBack,
    kept: leak.kept,
    leftInactive,
    withoutReplacement,
  });
  return answer(
    assessment,
    {
      ...{ ...facts, ...secret, versions, owner, selfUpdating: false, account, leaked, withoutReplacement },
      madeByCode: madeByCode({ ...rotation, tags }, settings.survey.codeTags),
    },
    { rotation, heldBack: undefined, dependencies },
  );
}

async function readFacts(
  user: MemberUser,
  about: Pick<Facts, 'request' | 'tags' | 'policy' | 'exemption'> & {
    readonly versions: StoredVersions | undefined;
  },
  now: Date,
): Promise<Facts> {
  const { versions, tags } = about;
  const keys = await user.keys();
  const uses = new Map<string, LastUse>();
  for (const { id } of keys) uses.set(id, await user.lastUse(id));
  const stored = new Set(keys.filter((key) => versions?.holdsSecret(key)).map(({ id }) => id));
  const intents = readIntents(tags.get(intentTag));
  const orphans = orphansAmong(keys, { intents, tags, uses, stored: (id) => stored.has(id) });
  return { ...about, now, keys, uses, stored, orphans };
}

function answer(
  assessment: Assessment,
  situation: Omit<Situation, 'current'> & { readonly versions: StoredVersions | undefined },
  about: {
    readonly rotation: Rotation;
    readonly heldBack: string | undefined;
    readonly dependencies: Dependencies;
  },
): Assessed {
  const { rotation, heldBack, dependencies } = about;
  const { act, because } = assessment;
  dependencies.log.info('assessed', { ...rotation, act, because });
  if (act === 'leakOpen') {
    const addresses = [...situation.owner.addresses, situation.account.email].filter(
      (address) => address !== '',
    );
    return { act, because, keyId: assessment.keyId, owner: [...new Set(addresses)] };
  }
  if (act === 'askPerson') return { act, because, question: questionAbout(situation) };
  if (act === 'nothing') return { act, because };
  if (heldBack !== undefined) {
    return { act: 'nothing', because: `${heldBack}: would ${act} ${assessment.oldKey.id}, as ${because}` };
  }
  const { id: keyId } = assessment.oldKey;
  if (act === 'emergency') dependencies.events?.report({ name: 'Key leaked', ...whose(rotation), keyId });
  return { act, because, plan: planOf(assessment, situation) };
}

/** What a person needs to know to answer. */
function questionAbout({
  keys,
  uses,
  versions,
  owner,
  account,
}: Pick<Situation, 'owner' | 'account'> &
  Pick<Facts, 'keys' | 'uses'> & { readonly versions: StoredVersions | undefined }): KeyQuestion {
  return {
    owner: [...owner.addresses],
    accountName: account.name,
    keys: keys
      .toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
      .map((key) => ({
        ...key,
        lastUse: uses.get(key.id) ?? { state: 'unknown', because: 'it was not asked' },
        inSecret: inSecretOf(key, versions),
      })),
  };
}

function inSecretOf(key: AccessKey, versions: StoredVersions | undefined): KeyInQuestion['inSecret'] {
  if (versions?.holdsSecret(key) !== true) return 'no';
  return versions.isCurrent(key.id) ? 'current' : 'stored';
}

function planOf(
  act: Act,
  { versions, ...situation }: Omit<Situation, 'current'> & { readonly versions: StoredVersions | undefined },
): Plan {
  return makePlan(act, { ...situation, current: versions?.isCurrent(act.oldKey.id) ?? false });
}

export const handler = lambdaHandler(assess);
