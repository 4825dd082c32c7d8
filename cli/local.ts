import { DescribeOrganizationCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import * as z from 'zod';
import { parseDeployment } from '../infra/settings.ts';
import { defined } from '../tasks/domain/defined.ts';
import type { AccessTo } from './access.ts';
import { CannotRun } from './cannot-run.ts';
import type { Given } from './deployment.ts';
import { explain } from './explain.ts';

const region = 'eu-west-1';

/**
 * What `npm start` runs, as settings of a deployment: it reports its own account and organization.
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
  const asked = new DescribeOrganizationCommand({});
  const { Organization } = await new OrganizationsClient(access(region)).send(asked);
  const deployment = parseDeployment(
    {
      ...{ account: Account, region, mode: 'live' },
      organization: {
        id: exampleIfOdd(Organization?.Id),
        rootId: 'r-root',
        managementAccount: Organization?.MasterAccountId ?? Account,
      },
      mail: { from: 'keyturn@example.com', operators: 'operators@example.com' },
    },
    'npm start',
  );
  return {
    deployment: { ...deployment, organization: { ...deployment.organization, ...idOf(Organization) } },
    from: 'npm start',
  };
}

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
const idOf = (organization: { readonly Id?: string | undefined } | undefined): { id?: string } =>
  defined({ id: organization?.Id });
