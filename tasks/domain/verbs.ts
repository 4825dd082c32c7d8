/**
 * What a task may do, each verb with the IAM actions that it takes. The manifest's rows name verbs; the roles of the
 * central account, the roles of a member account and the sessions in it are all made from this table.
 */

/** About an IAM user. A session for it names the user. */
export const userReads = {
  readUser: ['iam:GetUser'],
  readTags: ['iam:ListUserTags'],
  readKeys: ['iam:ListAccessKeys'],
  readLastUse: ['iam:GetAccessKeyLastUsed'],
} as const;

export const userChanges = {
  createKey: ['iam:CreateAccessKey'],
  /** Active or inactive. */
  switchKey: ['iam:UpdateAccessKey'],
  deleteKey: ['iam:DeleteAccessKey'],
  tagUser: ['iam:TagUser'],
  untagUser: ['iam:UntagUser'],
} as const;

/** About a whole member account. */
export const accountReads = {
  /** Whose a key is: a renamed user is found by it. */
  findOwner: ['iam:GetAccessKeyLastUsed'],
  readCredentialReport: ['iam:GenerateCredentialReport', 'iam:GetCredentialReport'],
  /** The members of the exempt group. */
  readGroup: ['iam:GetGroup'],
} as const;

/** About a user's secret, in the account where it is kept. */
export const secretReads = {
  /** Its versions and labels, never a value. */
  readSecret: ['secretsmanager:DescribeSecret'],
} as const;

/** Reading a value counts as a change: it takes the role that may change something. */
export const secretChanges = {
  createSecret: ['secretsmanager:CreateSecret', 'secretsmanager:TagResource'],
  admitReaders: ['secretsmanager:PutResourcePolicy'],
  replicateSecret: ['secretsmanager:ReplicateSecretToRegions'],
  storeValue: ['secretsmanager:PutSecretValue'],
  /** The value that is pending, and no other. */
  readPending: ['secretsmanager:GetSecretValue'],
  moveLabel: ['secretsmanager:UpdateSecretVersionStage'],
} as const;

/** On rotations, which are executions of the rotation's machine. */
export const executionVerbs = {
  startRotation: ['states:StartExecution'],
  describeRotation: ['states:DescribeExecution'],
  listRotations: ['states:ListExecutions'],
  stopRotation: ['states:StopExecution'],
  readHistory: ['states:GetExecutionHistory'],
  answerWait: ['states:SendTaskSuccess'],
  interruptWait: ['states:SendTaskFailure'],
} as const;

/** On what sweeps leave in the reports' bucket. */
export const reportVerbs = {
  readReport: ['s3:GetObject'],
  /** An object that doesn't exist is reported as missing; without this S3 denies access to it. */
  findReport: ['s3:ListBucket'],
  writeReport: ['s3:PutObject'],
} as const;

/** Everything else that a task does by its own role, in the central account. */
export const centralVerbs = {
  describeAccount: ['organizations:DescribeAccount'],
  listAccounts: ['organizations:ListAccounts'],
  /** Whether the KMS key of the users' secrets can be used. */
  readSecretsKey: ['kms:DescribeKey'],
  /** The key that links are signed with. */
  readLinkKey: ['secretsmanager:GetSecretValue'],
  sendMail: ['ses:SendEmail'],
  /** Counts wrong answers to a link, in the reports' bucket under a prefix of its own. */
  countGuess: ['s3:PutObject'],
} as const;

type Reads = typeof userReads & typeof accountReads & typeof secretReads;
type Changes = typeof userChanges & typeof secretChanges;

export type UserVerb = keyof (typeof userReads & typeof userChanges);
export type AccountVerb = keyof typeof accountReads;
export type SecretVerb = keyof (typeof secretReads & typeof secretChanges);
export type ExecutionVerb = keyof typeof executionVerbs;
export type ReportVerb = keyof typeof reportVerbs;
export type CentralVerb = keyof typeof centralVerbs;
/** What takes a session in a member account, or would if the secret is kept there. */
export type SessionVerb = keyof (Reads & Changes);
export type Verb = SessionVerb | ExecutionVerb | ReportVerb | CentralVerb;

/** A part of the table: the verbs of one kind of thing. */
export type Verbs<Name extends string> = Readonly<Record<Name, readonly string[]>>;

/** Those of the verbs that are in a part of the table, in the order in which they are named. */
export const verbsIn = <Name extends string>(part: Verbs<Name>, verbs: readonly string[]): Name[] =>
  verbs.filter((verb): verb is Name => Object.hasOwn(part, verb));

/** The IAM actions of those of the verbs that are in a part of the table. */
export const actionsIn = <Name extends string>(part: Verbs<Name>, verbs: readonly string[]): string[] =>
  verbsIn(part, verbs).flatMap((verb) => part[verb]);
