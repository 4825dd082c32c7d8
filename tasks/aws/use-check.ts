import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Dependencies } from '../dependencies.ts';
import { type Evidence, evidenceSchema } from '../domain/asking/evidence.ts';
import type { Question } from '../domain/asking/question.ts';
import { AwsUnavailable } from '../domain/errors.ts';
import { oneClient } from './one-client.ts';

const lambda = /* @__PURE__ */ oneClient((defaults) => new LambdaClient(defaults));

/**
 * How both keys of a question are used now, as the function says that may ask IAM.
 * @throws {AwsUnavailable} if it failed
 */
export async function useNow(
  { rotation, plan, newKeyId }: Pick<Question, 'rotation' | 'plan' | 'newKeyId'>,
  { aws, settings }: Pick<Dependencies, 'aws' | 'settings'>,
): Promise<Evidence> {
  const command = new InvokeCommand({
    FunctionName: settings.useFunction,
    Payload: Buffer.from(JSON.stringify({ rotation, oldKeyId: plan.oldKeyId, newKeyId })),
  });
  const { Payload, FunctionError } = await lambda(aws).send(command);
  const text = Buffer.from(Payload ?? []).toString('utf8');
  if (FunctionError !== undefined) throw new AwsUnavailable(`${settings.useFunction} failed: ${text}`);
  return evidenceSchema.parse(JSON.parse(text));
}
