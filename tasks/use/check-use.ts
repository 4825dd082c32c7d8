import * as z from 'zod';
import { callersOf } from '../aws/key-callers.ts';
import { MemberUser } from '../aws/member-user.ts';
import type { Evidence } from '../domain/asking/evidence.ts';
import { defined } from '../domain/defined.ts';
import { accessKeyIdSchema } from '../domain/keys.ts';
import { rotationSchema } from '../domain/rotation.ts';
import { lambdaHandler } from '../lambda.ts';
import { checkUse as row } from '../manifest/others.ts';
import { evidenceOf } from '../rotate-user-key/evidence-of.ts';
import { task } from '../task.ts';

const input = z.object({
  rotation: rotationSchema,
  oldKeyId: accessKeyIdSchema,
  newKeyId: accessKeyIdSchema.optional(),
});

/**
 * Not the task of a state: the owners' pages invoke it when an owner wants to know how the keys are used now. It has
 * the reading role, which the web app must not have.
 */
export const checkUse = task({
  name: 'CheckUse',
  input,
  run: async ({ rotation, oldKeyId, newKeyId }, dependencies): Promise<Evidence> => {
    const keyIds = [oldKeyId, ...(newKeyId === undefined ? [] : [newKeyId])];
    const user = await MemberUser.enter(dependencies, rotation, row.does, keyIds);
    const evidence = await evidenceOf(user, { plan: { oldKeyId }, newKeyId }, dependencies.now());
    dependencies.log.info('looked at the use of both keys for an owner', { ...rotation, ...evidence });
    const callers = await callersOf(dependencies, rotation, { keyId: oldKeyId, use: evidence.oldKey });
    return { ...evidence, ...defined({ callers }) };
  },
});

export const handler = lambdaHandler(checkUse);
