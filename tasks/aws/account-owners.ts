import {
  AccountClient,
  type AlternateContactType,
  GetAlternateContactCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-account';
import { OrganizationsClient, paginateListTagsForResource } from '@aws-sdk/client-organizations';
import type { Dependencies } from '../dependencies.ts';
import { defined } from '../domain/defined.ts';
import { accountIn } from '../domain/execution-name.ts';
import { TagMap } from '../domain/letter-case.ts';
import {
  type AccountPlace,
  accountPlaces,
  fromPlace,
  type Owners,
  type PlaceSays,
} from '../domain/owners.ts';
import { oneClient } from './one-client.ts';
import { isPassing } from './passing.ts';

const organizations = /* @__PURE__ */ oneClient((defaults) => new OrganizationsClient(defaults));
// There is one such API for all regions; the SDK knows where. A VPC may not lead there, which must not take long.
const accounts = /* @__PURE__ */ oneClient(
  (defaults) =>
    new AccountClient({
      requestHandler: { connectionTimeout: 2_000, requestTimeout: 4_000 },
      maxAttempts: 1,
      ...defaults,
    }),
);

/** How often a throttled look-up is tried, besides the SDK's own tries, and how long it waits before. Milliseconds. */
const pauses = [0, 2_000, 4_000];

interface Asked {
  readonly accountId: string;
  readonly email: string;
  readonly executionArn: string;
}

/**
 * Who answers for an account: the first of the places that the settings name which has an address, otherwise the
 * operators. At most four calls. Never fails: what can't be read is passed over, and said.
 * @param isUrgent whether nothing is tried a second time
 */
export async function ownersOfAccount(
  dependencies: Pick<Dependencies, 'aws' | 'settings' | 'sleep' | 'log'>,
  asked: Asked,
  isUrgent = false,
): Promise<Owners> {
  const { settings, log } = dependencies;
  const passedOver: string[] = [];
  const wanted = accountPlaces.filter((place) => settings.ownersFrom.includes(place));
  for (const place of wanted) {
    const said = await say(place, asked, dependencies, isUrgent ? pauses.slice(0, 1) : pauses);
    const found = fromPlace(place, said);
    passedOver.push(...found.passedOver);
    if (found.addresses.length > 0) return { ...found, place, passedOver };
  }
  log.warn('nobody is named as the owner', { accountId: asked.accountId, passedOver });
  return { addresses: [settings.operators], place: 'operators', passedOver };
}

async function say(
  place: AccountPlace,
  asked: Asked,
  dependencies: Pick<Dependencies, 'aws' | 'settings' | 'sleep'>,
  tries: readonly number[],
): Promise<PlaceSays> {
  let said: PlaceSays = { state: 'nothing' };
  for (const pause of tries) {
    if (pause > 0) await dependencies.sleep(pause);
    try {
      const text = await read(place, asked, dependencies);
      return text === undefined || text.trim() === '' ? { state: 'nothing' } : { state: 'says', text };
    } catch (error) {
      said = { state: 'unreadable', because: error instanceof Error ? error.name : 'no answer' };
      if (!isPassing(error)) return said;
    }
  }
  return said;
}

function read(
  place: AccountPlace,
  asked: Asked,
  { aws, settings }: Pick<Dependencies, 'aws' | 'settings'>,
): Promise<string | undefined> | string | undefined {
  if (place === 'accountAddress') return asked.email;
  // Accounts that the settings list are in no organization that may be asked about them.
  if (settings.accountList !== undefined) return undefined;
  if (place === 'accountTag') return readTag(organizations(aws), asked.accountId, settings.ownerTag);
  return readContact(accounts(aws), asked, place === 'securityContact' ? 'SECURITY' : 'OPERATIONS');
}

async function readTag(
  client: OrganizationsClient,
  ResourceId: string,
  ownerTag: string,
): Promise<string | undefined> {
  const tags: [string, string][] = [];
  for await (const { Tags = [] } of paginateListTagsForResource({ client }, { ResourceId }))
    for (const { Key = '', Value = '' } of Tags) tags.push([Key, Value]);
  return new TagMap(tags).get(ownerTag);
}

async function readContact(
  client: AccountClient,
  { accountId, executionArn }: Asked,
  AlternateContactType: AlternateContactType,
): Promise<string | undefined> {
  // An account may not name itself.
  const AccountId = accountIn(executionArn) === accountId ? undefined : accountId;
  try {
    const { AlternateContact } = await client.send(
      new GetAlternateContactCommand({ AlternateContactType, ...defined({ AccountId }) }),
    );
    return AlternateContact?.EmailAddress;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
