import {
  CredentialReportExpiredException,
  CredentialReportNotPresentException,
  CredentialReportNotReadyException,
  GenerateCredentialReportCommand,
  GetCredentialReportCommand,
  IAMClient,
  NoSuchEntityException,
} from '@aws-sdk/client-iam';
import type { Dependencies } from '../dependencies.ts';
import { partitionOf } from '../domain/execution-name.ts';
import type { AccessKey } from '../domain/keys.ts';
import type { NameSet, TagMap } from '../domain/letter-case.ts';
import { accountReads, secretReads, userReads } from '../domain/verbs.ts';
import { memberSession } from './member-session.ts';
import { SecretFinder } from './secret-finder.ts';
import { readKeys, readMembers, readTags } from './user-reads.ts';

/** The credential report as IAM has it, or what to do to get it. */
export type FetchedReport =
  | { readonly state: 'ready'; readonly csv: string; readonly generatedAt: Date }
  | { readonly state: 'underWay' | 'missing' };

/** A member account as a survey reads it, through a read-only session. */
export class MemberAccount {
  private constructor(
    private readonly iam: IAMClient,
    /** Where this account's users have their secrets. */
    readonly secrets: SecretFinder,
  ) {}

  /**
   * @param session.group the group to read, if any
   * @throws {MemberRoleRefused}
   */
  static async enter(
    dependencies: Pick<Dependencies, 'aws' | 'settings'>,
    session: {
      readonly accountId: string;
      readonly executionArn: string;
      readonly group?: string | undefined;
    },
  ): Promise<MemberAccount> {
    const { secretPrefix, adopts } = dependencies.settings;
    const policy = surveyPolicy({ ...session, secretPrefix, adopts });
    const defaults = await memberSession(dependencies, session, { access: 'read', policy });
    return new MemberAccount(new IAMClient(defaults), new SecretFinder(dependencies, defaults, session));
  }

  /** Requests a report. @returns `ready` if IAM already has a recent one */
  async requestReport(): Promise<'ready' | 'underWay'> {
    const { State } = await this.iam.send(new GenerateCredentialReportCommand({}));
    return State === 'COMPLETE' ? 'ready' : 'underWay';
  }

  async fetchReport(): Promise<FetchedReport> {
    try {
      const { Content, GeneratedTime } = await this.iam.send(new GetCredentialReportCommand({}));
      if (Content === undefined || GeneratedTime === undefined) return { state: 'missing' };
      return { state: 'ready', csv: Buffer.from(Content).toString('utf8'), generatedAt: GeneratedTime };
    } catch (error) {
      if (error instanceof CredentialReportNotReadyException) return { state: 'underWay' };
      const isMissing =
        error instanceof CredentialReportNotPresentException ||
        error instanceof CredentialReportExpiredException;
      if (isMissing) return { state: 'missing' };
      throw error;
    }
  }

  /** Names of the group's members; empty if the account has no such group. */
  membersOf(groupName: string): Promise<NameSet> {
    return readMembers(this.iam, groupName);
  }

  /** A user's keys; undefined if the user is gone. */
  async keysOf(userName: string): Promise<AccessKey[] | undefined> {
    return unlessGone(() => readKeys(this.iam, userName));
  }

  /** A user's tags; undefined if the user is gone. */
  async tagsOf(userName: string): Promise<TagMap | undefined> {
    return unlessGone(() => readTags(this.iam, userName));
  }
}

async function unlessGone<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof NoSuchEntityException) return undefined;
    throw error;
  }
}

/** The survey's session policy. The two calls for the report don't support resource-level permissions. */
export function surveyPolicy(session: {
  readonly accountId: string;
  readonly executionArn: string;
  readonly group?: string | undefined;
  readonly secretPrefix: string;
  readonly adopts: boolean;
}): string {
  const { accountId, executionArn, group, secretPrefix, adopts } = session;
  const account = `arn:${partitionOf(executionArn)}:iam::${accountId}`;
  const secrets = `arn:${partitionOf(executionArn)}:secretsmanager:*:${accountId}:secret:${adopts ? '*' : `${secretPrefix}${accountId}/*`}`;
  const allow = (Action: readonly string[], ...Resource: string[]) => ({ Effect: 'Allow', Action, Resource });
  // The group's path isn't known here, so the policy has its ARN without a path and with any path.
  const groups = [`${account}:group/${group}`, `${account}:group/*/${group}`];
  const ofGroup = group === undefined ? [] : [allow(accountReads.readGroup, ...groups)];
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      allow(accountReads.readCredentialReport, '*'),
      allow([...userReads.readKeys, ...userReads.readTags], `${account}:user/*`),
      allow(secretReads.readSecret, secrets),
      allow(accountReads.listSecrets, '*'),
      ...ofGroup,
    ],
  });
}
