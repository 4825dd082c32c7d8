/**
 * What a task may do: each verb with the IAM actions that it requires. The manifest's rows list verbs; the central
 * account's roles, the member accounts' roles and the sessions are all derived from this table.
 */

/** About an IAM user. A session for these is limited to the user. */
export const userReads = {
  readUser: ['iam:GetUser'],
  readTags: ['iam:ListUserTags'],
  readKeys: ['iam:ListAccessKeys'],
  readLastUse: ['iam:GetAccessKeyLastUsed'],
} as const;

export const userChanges = {
  createKey: ['iam:CreateAccessKey'],
  /** Activate or deactivate. */
  switchKey: ['iam:UpdateAccessKey'],
  deleteKey: ['iam:DeleteAccessKey'],
  tagUser: ['iam:TagUser'],
  untagUser: ['iam:UntagUser'],
} as const;

/** About a whole member account. */
export const accountReads = {
  /** Finds a key's user, even if renamed. */
  findOwner: ['iam:GetAccessKeyLastUsed'],
  readCredentialReport: ['iam:GenerateCredentialReport', 'iam:GetCredentialReport'],
  /** Who used a key lately; only if the settings allow it. */
  lookUpCalls: ['cloudtrail:LookupEvents'],
  /** The members of the exempt group. */
  readGroup: ['iam:GetGroup'],
  /** Names, tags and versions of an account's secrets, never a value. */
  listSecrets: ['secretsmanager:ListSecrets'],
} as const;

/** About a user's secret, in the account that contains it. */
export const secretReads = {
  /** Its versions and labels, never a value. */
  readSecret: ['secretsmanager:DescribeSecret'],
  /** Its versions without labels too. */
  listVersions: ['secretsmanager:ListSecretVersionIds'],
} as const;

/** Reading a value counts as a change: it requires the writing role. */
export const secretChanges = {
  createSecret: ['secretsmanager:CreateSecret', 'secretsmanager:TagResource'],
  admitReaders: ['secretsmanager:PutResourcePolicy'],
  replicateSecret: ['secretsmanager:ReplicateSecretToRegions'],
  storeValue: ['secretsmanager:PutSecretValue'],
  /** Only the pending value. */
  readPending: ['secretsmanager:GetSecretValue'],
  /** An adopted secret's current and previous values: which key they hold, and what else must stay in them. */
  readAdopted: ['secretsmanager:GetSecretValue'],
  moveLabel: ['secretsmanager:UpdateSecretVersionStage'],
  /** Says that keyturn deletes it, and why. */
  markSecret: ['secretsmanager:TagResource'],
  removeReplicas: ['secretsmanager:RemoveRegionsFromReplication'],
  /** Only with a recovery window. */
  deleteSecret: ['secretsmanager:DeleteSecret'],
  restoreSecret: ['secretsmanager:RestoreSecret', 'secretsmanager:UntagResource'],
} as const;

/** About secrets that may be adopted, in the user's account. */
export const adoptions = {
  /** The current and the previous value: which keys they hold. */
  readAdoptable: ['secretsmanager:GetSecretValue'],
  labelAdoptable: ['secretsmanager:UpdateSecretVersionStage'],
} as const;

/** About rotations, which are executions of the rotation's machine. */
export const executionVerbs = {
  startRotation: ['states:StartExecution'],
  describeRotation: ['states:DescribeExecution'],
  listRotations: ['states:ListExecutions'],
  stopRotation: ['states:StopExecution'],
  readHistory: ['states:GetExecutionHistory'],
  answerWait: ['states:SendTaskSuccess'],
  interruptWait: ['states:SendTaskFailure'],
} as const;

/** About the report bucket: sweeps' objects, and what is there at all. */
export const reportVerbs = {
  readReport: ['s3:GetObject'],
  /** With it, S3 reports any missing object as missing; without it, as access denied. */
  findReport: ['s3:ListBucket'],
  writeReport: ['s3:PutObject'],
} as const;

/** Everything else that tasks do by their own roles, in the central account. */
export const centralVerbs = {
  describeAccount: ['organizations:DescribeAccount'],
  listAccounts: ['organizations:ListAccounts'],
  /** Who answers for an account: its tags, and its alternate contacts. */
  readAccountTags: ['organizations:ListTagsForResource'],
  readContacts: ['account:GetAlternateContact'],
  /** Names, tags and versions of the secrets in the central account, never a value. */
  listCentralSecrets: ['secretsmanager:ListSecrets'],
  /** Whether the KMS key of the users' secrets can be used. */
  readSecretsKey: ['kms:DescribeKey'],
  /** The keys that links are signed with. */
  readLinkKey: ['secretsmanager:GetSecretValue'],
  sendMail: ['ses:SendEmail'],
  putEvents: ['events:PutEvents'],
  /** Findings of its own account, in Security Hub. */
  importFindings: ['securityhub:BatchImportFindings'],
  /** The keys of the canary, in the central account. Its secret admits the role by itself. */
  readCanaryKeys: ['iam:ListAccessKeys'],
  /** Asks another function how a rotation's keys are used. */
  checkUse: ['lambda:InvokeFunction'],
  /** Writes an ended rotation's record, in the report bucket under a prefix of their own. */
  writeRecord: ['s3:PutObject'],
  readRecord: ['s3:GetObject'],
  /** Counts guesses at a link's answer, in the report bucket under a prefix of their own. */
  countGuess: ['s3:PutObject'],
  /** Shares questions to one owner with other rotations, in the report bucket under a prefix of their own. */
  shareQuestions: ['s3:GetObject', 's3:PutObject'],
  /** Which of two regions may change keys. A missing lease is then denied. */
  readLease: ['s3:GetObject'],
  /** With it, S3 reports a missing lease as missing. */
  findLease: ['s3:ListBucket'],
  writeLease: ['s3:PutObject'],
} as const;

type Reads = typeof userReads & typeof accountReads & typeof secretReads;
type Changes = typeof userChanges & typeof secretChanges & typeof adoptions;

export type UserVerb = keyof (typeof userReads & typeof userChanges);
export type AccountVerb = keyof typeof accountReads;
export type SecretVerb = keyof (typeof secretReads & typeof secretChanges);
export type ExecutionVerb = keyof typeof executionVerbs;
export type ReportVerb = keyof typeof reportVerbs;
export type CentralVerb = keyof typeof centralVerbs;
/** Verbs that use a session in a member account, at least if the secret is kept there. */
export type SessionVerb = keyof (Reads & Changes);
export type Verb = SessionVerb | ExecutionVerb | ReportVerb | CentralVerb;

/** A part of the table: the verbs about one kind of thing. */
export type Verbs<Name extends string> = Readonly<Record<Name, readonly string[]>>;

/** Those of the verbs that are in a part of the table, in the given order. */
export const verbsIn = <Name extends string>(part: Verbs<Name>, verbs: readonly string[]): Name[] =>
  verbs.filter((verb): verb is Name => Object.hasOwn(part, verb));

/** The IAM actions of those of the verbs that are in a part of the table. */
export const actionsIn = <Name extends string>(part: Verbs<Name>, verbs: readonly string[]): string[] =>
  verbsIn(part, verbs).flatMap((verb) => part[verb]);
