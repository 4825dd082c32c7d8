import { expect, it } from 'vitest';
import * as z from 'zod';
import { memberTemplate } from '../../infra/member-stack.ts';
import { parseDeployment } from '../../infra/settings.ts';
import type { PolicyDocument } from '../../local/aws/access/policy.ts';
import { firstMorning } from '../../local/world/options.ts';
import { makeSituated } from '../../local/world/organization.ts';
import { randomStream } from '../../local/world/random.ts';
import { readAs } from '../workflows/application.ts';
import { accountId, Life } from '../workflows/life.ts';
import { example } from './synthesized.ts';

const templateSchema = z.object({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.looseObject({}) })),
});

/** The managed policy that the StackSet makes in every account, after CloudFormation has filled it in. */
function ownKeyPolicy(): PolicyDocument {
  const template = memberTemplate(parseDeployment({ ...example, storage: { where: 'central' } }));
  const filled = template.replaceAll(
    /\{"Fn::Join":\["",\["arn:",\{"Ref":"AWS::Partition"\},("[^"]*")\]\]\}/g,
    (_, rest: string) => `"arn:aws${rest.slice(1)}`,
  );
  const resources = Object.values(templateSchema.parse(JSON.parse(filled)).Resources);
  const policy = resources.find(({ Type }) => Type === 'AWS::IAM::ManagedPolicy')?.Properties;
  expect(policy?.ManagedPolicyName).toBe('keyturn-read-own-key');
  return z
    .object({ Version: z.string(), Statement: z.array(z.looseObject({})) })
    .parse(policy?.PolicyDocument);
}

it('the managed policy of each account lets a user read its own secret in central storage, and no other’s', async () => {
  const life = await Life.begin({ settings: { storage: 'central' } });
  const old = life.oldKey;
  const about = {
    accountId,
    name: 'backup-agent',
    situation: 'oldKeyInDailyUse',
    now: firstMorning,
  } as const;
  const other = makeSituated(randomStream(1, 'neighbour'), about);
  life.world.aws.accounts.get(accountId)?.users.set(other.name, other);
  await life.start();
  const denied = { name: 'AccessDeniedException' };
  await expect(readAs(life, old)).rejects.toMatchObject(denied);

  life.user.policy = ownKeyPolicy();
  other.policy = ownKeyPolicy();
  await expect(readAs(life, old)).resolves.toMatchObject({ accessKeyId: life.user.keys[1]?.id });
  const [key] = other.keys;
  if (key === undefined) throw new Error('the user has no keys');
  await expect(readAs(life, key)).rejects.toMatchObject(denied);
});
