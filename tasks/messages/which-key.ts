import { accountIn } from '../domain/execution-name.ts';
import { shortKeyId, versionIdOf } from '../domain/keys.ts';
import { namesOf, type SecretShape, shapeOf } from '../domain/secret-shape.ts';
import type { Block, Labelled } from './document.ts';
import { leavingName, type MailFacts, oldKeyOf } from './facts.ts';
import { secretIdOf } from './fetch-key.ts';
import { shellQuoted } from './words.ts';

/** What a rollback did to the secret's current version. */
export interface AfterRollback {
  readonly state: 'moved' | 'kept' | 'notMoved' | 'untouched';
}

/** Both keys after a rollback, and which of them the secret holds; claims only what was done. */
export function keysAfterRollback(facts: MailFacts, secret: AfterRollback | undefined): Labelled[] {
  const { newKeyId } = facts;
  if (newKeyId === undefined) return [];
  return [
    ['Old key', `${oldKeyOf(facts)}, active`],
    ['New key', `${shortKeyId(newKeyId)}, active`],
    ['AWSCURRENT of the secret', holds(facts, secret)],
  ];
}

function holds({ leaving }: MailFacts, secret: AfterRollback | undefined): string {
  switch (secret?.state) {
    case undefined:
    case 'moved':
      return `the ${leavingName({ leaving })} key`;
    case 'kept':
      return 'the new key';
    case 'notMoved':
      return 'changed by someone else: look at it';
    case 'untouched':
      return 'not changed';
  }
}

/**
 * How to put the old secret access key into the secret, which only the application has. The version's ID makes keyturn
 * recognize it as the old key's, so that no later step replaces it by one without a secret access key.
 */
export function putOldKeyIntoSecret(facts: MailFacts, secret: AfterRollback | undefined): Block[] {
  if (secret?.state !== 'kept' || facts.leaving === 'newKey') return [];
  const { rotation, plan, secretArn, settings } = facts;
  const account = secretArn?.startsWith('arn:') === true ? accountIn(secretArn) : rotation.accountId;
  return [
    { kind: 'heading', text: 'Only if the secret should hold the old key' },
    {
      kind: 'text',
      text: `Not needed if your application has the old key itself, or works with the new one. Write the old pair into a file, old-key.json, run the command as somebody who may write secrets in account ${account}, and delete the file:`,
    },
    { kind: 'snippet', lines: pairAs(shapeOf(plan.shape)) },
    {
      kind: 'command',
      words: [
        'aws secretsmanager put-secret-value',
        `--secret-id ${shellQuoted(secretIdOf(facts))}`,
        `--client-request-token ${versionIdOf(plan.oldKeyId)}`,
        `--region ${shellQuoted(settings.region)}`,
        '--secret-string file://old-key.json',
      ],
    },
  ];
}

/** What the file with the pair looks like. */
function pairAs(shape: SecretShape): string[] {
  const [id, secret] = namesOf(shape);
  return shape.as === 'file'
    ? [`[${shape.profile}]`, `${id} = AKIA...`, `${secret} = ...`]
    : [`{"${id}": "AKIA...", "${secret}": "..."}`];
}
