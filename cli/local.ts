import {
  AWSOrganizationsNotInUseException,
  DescribeOrganizationCommand,
  type Organization,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import * as z from 'zod';
import { type Deployment, parseDeployment } from '../infra/settings.ts';
import type { AccessTo } from './access.ts';
import { CannotRun } from './cannot-run.ts';
import type { Given } from './deployment.ts';
import { explain } from './explain.ts';

const region = 'eu-west-1';

/**
 * What `npm start` runs, as settings of a deployment: it reports its own account, and its organization or accounts.
 * @throws {CannotRun} if nothing answers there
 */
export async function localDeployment(access: AccessTo, url: string): Promise<Given> {
  const { Account } = await new STSClient(access(region))
    .send(new GetCallerIdentityCommand({}))
    .catch((error: unknown) => {
      const { kind, sentence } = explain(error);
      const why = kind === 'unreachable' ? 'start it in another terminal.' : sentence;
      throw new CannotRun(`npm start doesn’t answer at ${url}: ${why}`);
    });
  const organization = await organizationOf(access);
  const deployment = parseDeployment(
    {
      ...{ account: Account, region, mode: 'live' },
      ...(organization === undefined
        ? { accounts: { list: await localAccounts(url) } }
        : {
            organization: {
              id: exampleIfOdd(organization.Id),
              rootId: 'r-root',
              managementAccount: organization.MasterAccountId ?? Account,
            },
          }),
      storage: { adopts: true },
      mail: { from: 'keyturn@example.com', operators: 'operators@example.com' },
    },
    'npm start',
  );
  return { deployment: withId(deployment, organization?.Id), from: 'npm start' };
}

/** Undefined if its accounts are in none, and so in its settings. */
async function organizationOf(access: AccessTo): Promise<Organization | undefined> {
  try {
    const asked = new DescribeOrganizationCommand({});
    const { Organization } = await new OrganizationsClient(access(region)).send(asked);
    return Organization;
  } catch (error) {
    if (error instanceof AWSOrganizationsNotInUseException) return undefined;
    throw error;
  }
}

const localAccounts = async (url: string): Promise<unknown> =>
  (await fetch(new URL('/accounts.json', url))).json();

const clockSchema = z.object({ now: z.coerce.date() });

/** A server that has been busy may have closed a connection that is still kept here. */
const tries = 3;

/** The time there, by the virtual clock. */
export async function localNow(url: string): Promise<Date> {
  for (let left = tries - 1; ; left -= 1) {
    const answer = await fetch(new URL('/clock', url)).catch((error: unknown) => {
      if (left <= 0) throw error;
    });
    if (answer !== undefined) return clockSchema.parse(await answer.json()).now;
  }
}

/** The local organization's ID need not look like AWS's. */
const exampleIfOdd = (id = ''): string => (/^o-[a-z0-9]{10,32}$/.test(id) ? id : 'o-exampleorgid');
const withId = (deployment: Deployment, id: string | undefined): Deployment =>
  deployment.organization === undefined || id === undefined
    ? deployment
    : { ...deployment, organization: { ...deployment.organization, id } };
