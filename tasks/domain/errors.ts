/**
 * An error that a task ends with on purpose. Each is a class with a literal `name`, which the state machine catches,
 * the console shows and the runbook explains.
 */
abstract class KeyturnError extends Error {
  abstract override readonly name: string;
}

/** The input is invalid; the message states the field and what is allowed. Nothing was changed. */
export class InvalidInput extends KeyturnError {
  override readonly name = 'InvalidInput';
}

/** The organization has no such account, or it isn't active. Nothing was changed. */
export class UnknownAccount extends KeyturnError {
  override readonly name = 'UnknownAccount';
}

/** The deployment's settings exclude this account. Nothing was changed. */
export class AccountOutOfScope extends KeyturnError {
  override readonly name = 'AccountOutOfScope';
}

/** The account has no such user; also when the user is deleted while its rotation runs. */
export class UnknownUser extends KeyturnError {
  override readonly name = 'UnknownUser';
}

/** The user has no such access key, or it vanished while its rotation ran. */
export class UnknownKey extends KeyturnError {
  override readonly name = 'UnknownKey';
}

/** A policy value, from the input, a tag or the settings, is outside its bounds. Nothing was changed. */
export class PolicyOutOfBounds extends KeyturnError {
  override readonly name = 'PolicyOutOfBounds';
}

/** A `keyturn:` or owner tag on the user can't be parsed. Nothing was changed. */
export class UnreadableTag extends KeyturnError {
  override readonly name = 'UnreadableTag';
}

/** The member account's role could not be assumed: missing, or it doesn't trust this task. */
export class MemberRoleRefused extends KeyturnError {
  override readonly name = 'MemberRoleRefused';
}

/**
 * The role accepts the task, but doesn't allow access to the user's secret yet: an update has reached the functions
 * and not the account. Retried like its parent; an emergency continues without the secret.
 */
export class SecretRefused extends MemberRoleRefused {}

/** A key that is neither the old key nor ours blocks the rotation. It is never touched: a person must look. */
export class UnrecognizedKey extends KeyturnError {
  override readonly name = 'UnrecognizedKey';
}

/** The user already has two keys, although it had fewer a moment ago. Retried, because IAM may lag. */
export class KeyQuotaReached extends KeyturnError {
  override readonly name = 'KeyQuotaReached';
}

/** The user has as many tags as AWS allows; a rotation needs room for two. Nothing was changed but tags. */
export class TagQuotaReached extends KeyturnError {
  override readonly name = 'TagQuotaReached';
}

/** The new key could not be stored, and was deleted again. Retried. */
export class NewKeyNotStored extends KeyturnError {
  override readonly name = 'NewKeyNotStored';
}

/** The new key is stored but AWS still refuses its signature. Retried. */
export class NewKeyDoesNotSign extends KeyturnError {
  override readonly name = 'NewKeyDoesNotSign';
}

/** Before the old key can be deleted, the new one must exist, be active and be stored; that isn't the case. */
export class NewKeyNotReady extends KeyturnError {
  override readonly name = 'NewKeyNotReady';
}

/** When the old key was due to be deleted, it was active or had been used again: something needs it. */
export class OldKeyBackInUse extends KeyturnError {
  override readonly name = 'OldKeyBackInUse';
}

/** Another rotation of this user is running and has taken over; this one must not act any more. */
export class RotationSuperseded extends KeyturnError {
  override readonly name = 'RotationSuperseded';
}

/** AWS throttled, failed or did not answer, even after the SDK's own retries. Retried later. */
export class AwsUnavailable extends KeyturnError {
  override readonly name = 'AwsUnavailable';
}

/** SES refused the mail for every recipient. */
export class MailRefused extends KeyturnError {
  override readonly name = 'MailRefused';
}

/** The mail with the question bounced. This ends the wait, and the others are asked immediately. */
export class OwnerUnreachable extends KeyturnError {
  override readonly name = 'OwnerUnreachable';
}

/** The old key was about to be deleted before its rollback window was over. Nothing was deleted. */
export class RollbackWindowOpen extends KeyturnError {
  override readonly name = 'RollbackWindowOpen';
}

/**
 * The mode was turned from live to audit while the rotation ran, or another region took the lease; it stops before its
 * next change.
 */
export class AuditOnly extends KeyturnError {
  override readonly name = 'AuditOnly';
}

/** IAM didn't finish the account's credential report in time, or only has an old one. Nothing was started there. */
export class CredentialReportNotReady extends KeyturnError {
  override readonly name = 'CredentialReportNotReady';
}

/** A setting that this task requires is missing; the message names it. */
export class SettingMissing extends KeyturnError {
  override readonly name = 'SettingMissing';
}

/** Somebody else changed something that the rotation depends on. It stops, undoes what it did, and asks a person. */
export class ChangedElsewhere extends KeyturnError {
  override readonly name = 'ChangedElsewhere';
}

/** A function of a stopped rotation of this user may still be running. Retried after the time that it can take. */
export class FormerRunMayLinger extends KeyturnError {
  override readonly name = 'FormerRunMayLinger';
}

/** Another key of the same user has leaked. This ends the wait of the user's emergency, which then handles both. */
export class AnotherKeyLeaked extends KeyturnError {
  override readonly name = 'AnotherKeyLeaked';
}

/** IAM refuses to delete the key because of a policy outside keyturn. The key stays inactive. */
export class DeletionRefused extends KeyturnError {
  override readonly name = 'DeletionRefused';
}

/**
 * An emergency has retried a step for twelve minutes: people are told that the key is still active, and retries continue.
 */
export class LeakDelayed extends KeyturnError {
  override readonly name = 'LeakDelayed';
}

/** Every name that this user's next rotation could have is taken: a wrong tag, or far too many attempts. */
export class NoFreeName extends KeyturnError {
  override readonly name = 'NoFreeName';
}

/** The user's secret is marked for deletion, or its KMS key can't be used: its values can't be read. */
export class SecretUnreadable extends KeyturnError {
  override readonly name = 'SecretUnreadable';
}

/** `AWSCURRENT` is not on the key's version: the key has none, or Secrets Manager refused the move. */
export class SecretNotMoved extends KeyturnError {
  override readonly name = 'SecretNotMoved';
}
