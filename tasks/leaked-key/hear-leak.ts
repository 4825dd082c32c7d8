import { Executions } from '../aws/executions.ts';
import { ownerOfKey } from '../aws/key-owner.ts';
import { mailTo } from '../aws/mailer.ts';
import { activeAccount } from '../aws/organization.ts';
import type { Dependencies } from '../dependencies.ts';
import { executionArnOf } from '../domain/execution-name.ts';
import { leakEventSchema, leakExecutionName, leakIn } from '../domain/leak.ts';
import { lambdaHandler } from '../lambda.ts';
import { leakNeedsPerson } from '../mails/leak.ts';
import { needed } from '../settings.ts';
import { isPassing, task } from '../task.ts';

/** What came of hearing of a leaked key. */
interface Heard {
  readonly keyId: string;
  readonly act: 'started' | 'known' | 'askPerson';
  readonly because: string;
}

/**
 * Hears of leaked keys from AWS Health, by an EventBridge rule, and starts the emergency rotation of each key's user.
 * Where it can't, the operators are told: a leak that nobody hears of is the worst of silences.
 */
export const hearLeak = task({
  name: 'HearLeak',
  input: leakEventSchema,
  run: async (event, dependencies): Promise<{ readonly heard: readonly Heard[] }> => {
    const { accountId, keyIds } = leakIn(event);
    const heard: Heard[] = [];
    for (const keyId of keyIds) heard.push(await hear({ accountId, keyId }, dependencies));
    if (keyIds.length === 0) {
      const because = 'the event names no access key';
      heard.push(await askPerson({ accountId, keyId: 'an unnamed key' }, because, dependencies));
    }
    return { heard };
  },
});

interface Leak {
  readonly accountId: string;
  readonly keyId: string;
}

async function hear(leak: Leak, dependencies: Dependencies): Promise<Heard> {
  const { settings, log } = dependencies;
  const machine = needed(settings, 'rotationMachine');
  const name = leakExecutionName(leak.keyId);
  try {
    await activeAccount(dependencies, leak.accountId);
    const executionArn = executionArnOf(machine, name);
    const userName = await ownerOfKey(dependencies, { ...leak, executionArn });
    if (settings.mode !== 'live') {
      return await askPerson(
        { ...leak, userName },
        'keyturn is in audit mode and changes nothing',
        dependencies,
      );
    }
    const request = { accountId: leak.accountId, userName, action: 'emergency', keyId: leak.keyId };
    const { state } = await new Executions(dependencies).start(machine, name, request);
    const act = state === 'started' ? 'started' : 'known';
    log.warn('heard of a leaked key', { ...leak, userName, act });
    return { keyId: leak.keyId, act, because: `its emergency is ${name}` };
  } catch (error) {
    // Lambda tries again, and what is left of that goes to the dead letters.
    if (isPassing(error) || !(error instanceof Error)) throw error;
    return askPerson(leak, `${error.name}: ${error.message}`, dependencies);
  }
}

async function askPerson(
  leak: Leak & { readonly userName?: string },
  because: string,
  dependencies: Dependencies,
): Promise<Heard> {
  const { settings, log } = dependencies;
  log.error('a leaked key needs a person', { ...leak, because });
  await mailTo(dependencies, [settings.operators], leakNeedsPerson({ ...leak, because, settings }));
  return { keyId: leak.keyId, act: 'askPerson', because };
}

export const handler = lambdaHandler(hearLeak);
