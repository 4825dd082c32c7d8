import { userNameSchema } from '../tasks/domain/rotation.ts';
import { CannotRun } from './cannot-run.ts';

/** What a person means, by the text alone. */
export type Subject =
  /** `account`: an account's ID or its name; any account if omitted. */
  | { readonly kind: 'user'; readonly userName: string; readonly account?: string }
  | { readonly kind: 'key'; readonly keyId: string }
  /** A rotation's name, without the rest of its ARN. */
  | { readonly kind: 'rotation'; readonly name: string };

/** The forms of a subject, for help and refusals. */
export const subjectForms = 'a user, account/user, an access key ID (AKIA…) or a rotation';

/**
 * Reads how a person names a user: `deploy-bot`, `222222222222/deploy-bot`, `Payments/deploy-bot`, `AKIA…`, the ARN of
 * a user, or the name or ARN of a rotation.
 * @throws {CannotRun} with one sentence that says what the text is and where to look, or what is allowed
 */
export function readSubject(text: string): Subject {
  const said = text.trim();
  const refusal = notASubject(said);
  if (refusal !== undefined) throw new CannotRun(refusal);
  if (said.startsWith('arn:')) return readArn(said);
  if (/^AKIA[A-Z0-9]{12,124}$/.test(said)) return { kind: 'key', keyId: said };
  if (/^\d{12}-.+-\d{1,6}$/.test(said) && said.length <= 80) return { kind: 'rotation', name: said };
  // A user's name has no slash, and an account's name may.
  const slash = said.lastIndexOf('/');
  if (slash === -1) return { kind: 'user', userName: userIn(said, said) };
  return { kind: 'user', account: said.slice(0, slash), userName: userIn(said.slice(slash + 1), said) };
}

const unlike: readonly (readonly [pattern: RegExp, says: string])[] = [
  [
    /^ASIA[A-Z0-9]{12,124}$/,
    'belongs to temporary credentials of a role or a session, which expire by themselves and which keyturn never rotates: look for it in CloudTrail (userIdentity.accessKeyId), and for a leak revoke the role’s sessions in the IAM console',
  ],
  [
    /^(AIDA|AROA|AGPA|ANPA|ANVA|AIPA|ASCA|APKA)[A-Z0-9]{12,124}$/,
    'is the ID of another thing in IAM, not of an access key: give the user’s name or a key that begins with AKIA',
  ],
  [
    /^(root|<root_account>|arn:aws[\w-]*:iam::\d{12}:root)$/i,
    'is the root user, whose access keys keyturn never touches: sign in to that account as root, and delete them under Security credentials',
  ],
];

function notASubject(said: string): string | undefined {
  const found = unlike.find(([pattern]) => pattern.test(said));
  return found === undefined ? undefined : `${said} ${found[1]}.`;
}

/** What a root user's key is; for a key whose account is known, but that none of its users has. */
export const rootKeyHint =
  'If it is the root user’s, keyturn never touches it: sign in to that account as root, and delete it under Security credentials.';

function readArn(arn: string): Subject {
  const [, , service, , account = '', ...rest] = arn.split(':');
  const resource = rest.join(':');
  const user = /^user\/(?:.*\/)?(?<name>[^/]+)$/.exec(resource)?.groups?.name;
  if (service === 'iam' && user !== undefined) return { kind: 'user', account, userName: userIn(user, arn) };
  const rotation = /^execution:[^:]*rotate-user-key:(?<name>[^:]+)$/.exec(resource)?.groups?.name;
  if (service === 'states' && rotation !== undefined) return { kind: 'rotation', name: rotation };
  throw new CannotRun(`${arn} is neither a user nor a rotation: give ${subjectForms}.`);
}

function userIn(name: string, said: string): string {
  if (userNameSchema.safeParse(name).success) return name;
  throw new CannotRun(`"${said}" can’t be a user: give ${subjectForms}.`);
}
