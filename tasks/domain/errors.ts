/**
 * Every error that a task ends with on purpose: one class each, its `name` literal, because the name is what
 * the state machine catches, the console shows and the runbook explains.
 */
abstract class KeyturnError extends Error {
  abstract override readonly name: string;
}

/** The execution's input is not one: says which field, and what is allowed. Nothing was changed. */
export class InvalidInput extends KeyturnError {
  override readonly name = 'InvalidInput';
}

/** The organization has no such account, or it isn't active. Nothing was changed. */
export class UnknownAccount extends KeyturnError {
  override readonly name = 'UnknownAccount';
}

/** The deployment's settings leave this account out. Nothing was changed. */
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

/** A `keyturn:` or owner tag on the user says something that can't be read. Nothing was changed. */
export class UnreadableTag extends KeyturnError {
  override readonly name = 'UnreadableTag';
}

/** The member account's role could not be assumed: missing, or it doesn't trust this task. */
export class MemberRoleRefused extends KeyturnError {
  override readonly name = 'MemberRoleRefused';
}

/**
 * The role lets the task in, and not yet to the user's secret: an update has reached the functions and not the account.
 * Tried again like its parent, but an emergency does without the secret.
 */
export class SecretRefused extends MemberRoleRefused {}

/** A key that is neither the old key nor ours is in the way. It is never touched: a person must look. */
export class UnrecognizedKey extends KeyturnError {
  override readonly name = 'UnrecognizedKey';
}

/** The user holds two keys already, though a moment ago it seemed otherwise. Tried again: IAM may lag. */
export class KeyQuotaReached extends KeyturnError {
  override readonly name = 'KeyQuotaReached';
}

/** The user has as many tags as AWS allows; a rotation needs room for two. Nothing was changed but tags. */
export class TagQuotaReached extends KeyturnError {
  override readonly name = 'TagQuotaReached';
}

/** The new key could not be stored, and was deleted again. Tried again. */
export class NewKeyNotStored extends KeyturnError {
  override readonly name = 'NewKeyNotStored';
}

/** The new key is stored but AWS still refuses its signature. Tried again. */
export class NewKeyDoesNotSign extends KeyturnError {
  override readonly name = 'NewKeyDoesNotSign';
}

/** The new key is gone, inactive or not stored where it must be before the old one may go. */
export class NewKeyNotReady extends KeyturnError {
  override readonly name = 'NewKeyNotReady';
}

/** The old key is active or was used again when it was to be deleted: somebody needs it. */
export class OldKeyBackInUse extends KeyturnError {
  override readonly name = 'OldKeyBackInUse';
}

/** Another rotation of this user is running and has taken over; this one must not act any more. */
export class RotationSuperseded extends KeyturnError {
  override readonly name = 'RotationSuperseded';
}

/** AWS throttled, failed or did not answer, after the SDK's own retries. Tried again later. */
export class AwsUnavailable extends KeyturnError {
  override readonly name = 'AwsUnavailable';
}

/** No mail reached anybody who should have had it. */
export class MailRefused extends KeyturnError {
  override readonly name = 'MailRefused';
}

/** The mail that asks came back. Its waiting state is ended with this, and asks the others too, at once. */
export class OwnerUnreachable extends KeyturnError {
  override readonly name = 'OwnerUnreachable';
}

/** The old key was to be deleted before its rollback window was over. Nothing was deleted. */
export class RollbackWindowOpen extends KeyturnError {
  override readonly name = 'RollbackWindowOpen';
}

/** The mode was turned from live to audit while the rotation ran; it stops before its next change. */
export class AuditOnly extends KeyturnError {
  override readonly name = 'AuditOnly';
}

/** IAM didn't finish the account's credential report in time, or only has an old one. Nothing was started there. */
export class CredentialReportNotReady extends KeyturnError {
  override readonly name = 'CredentialReportNotReady';
}

/** A setting is missing that this task can't do without; the message names it. */
export class SettingMissing extends KeyturnError {
  override readonly name = 'SettingMissing';
}

/** Somebody else changed what the rotation works on. It stops there, undoes what it did, and asks a person. */
export class ChangedElsewhere extends KeyturnError {
  override readonly name = 'ChangedElsewhere';
}

/** A function of a stopped rotation of this user may still be running. Tried again when it can't be any more. */
export class FormerRunMayLinger extends KeyturnError {
  override readonly name = 'FormerRunMayLinger';
}

/** Another key of the same user has leaked: what waits in this user's emergency is ended with this, and handles both. */
export class AnotherKeyLeaked extends KeyturnError {
  override readonly name = 'AnotherKeyLeaked';
}

/** IAM refuses to delete the key, by a policy that we don't know. The key stays inactive. */
export class DeletionRefused extends KeyturnError {
  override readonly name = 'DeletionRefused';
}

/** An emergency has tried for most of an hour: people are told that the key is still active, then it is tried again. */
export class LeakDelayed extends KeyturnError {
  override readonly name = 'LeakDelayed';
}

/** Every name that a rotation of this user could have is taken: an absurd tag, or far too many attempts. */
export class NoFreeName extends KeyturnError {
  override readonly name = 'NoFreeName';
}

/** The user's secret is marked for deletion, or its KMS key can't be used: what it holds can't be read. */
export class SecretUnreadable extends KeyturnError {
  override readonly name = 'SecretUnreadable';
}

/** `AWSCURRENT` is not at the key where it must be: the key has no version, or Secrets Manager refused the move. */
export class SecretNotMoved extends KeyturnError {
  override readonly name = 'SecretNotMoved';
}
