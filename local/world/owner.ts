import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { secretNameOf } from '../../tasks/domain/rotation.ts';
import { secretTag } from '../../tasks/domain/tags.ts';
import type { User } from '../aws/iam/account.ts';
import type { DeliveredMail } from '../aws/ses/ses.ts';
import { type MailedUser, userOfLink, usersIn } from '../story/mails.ts';
import { clientDefaults } from './lambda.ts';
import { developerRole } from './options.ts';
import type { World } from './world.ts';

/** The texts of the links in mails. */
const labels = {
  confirm: /^(I have installed it|Yes, delete it)(?: \(|$)/,
  rollBack: /roll back|^Keep the key(?: \(|$)/i,
  moreTime: /^I need more time(?: \(|$)/,
  notNeeded: /^We no longer need this key(?: \(|$)/,
} as const;

/**
 * An application and its owner, as keyturn sees them: reads the mails, fetches the new key as they say,
 * gives it to the application, and answers on the page that the links open.
 */
export class Owner {
  readonly user: User;

  constructor(
    private readonly world: World,
    readonly accountId: string,
    readonly userName: string,
  ) {
    const user = world.aws.accounts.get(accountId)?.users.get(userName);
    if (user === undefined) throw new Error(`there is no user ${userName} in ${accountId}`);
    this.user = user;
  }

  /** Every mail about this user, under its former or its current name, the oldest first. */
  get mails(): readonly DeliveredMail[] {
    return this.world.aws.mails.filter((mail) =>
      usersIn(mail, this.world.engine).some((user) => this.#is(user)),
    );
  }

  /** The newest link in the mails that leads to this decision's form. */
  link(decision: keyof typeof labels): string {
    const label = labels[decision];
    const links = this.mails.flatMap((mail) => linksIn(mail));
    const link = links.findLast(({ text, url }) => label.test(text) && this.#owns(url));
    if (link === undefined) throw new Error(`no mail about ${this.userName} has a link to ${decision}`);
    return link.url;
  }

  /** Whether the newest question in the mails is about a new key, and not whether one can be deleted. */
  get hasNewKey(): boolean {
    const asked = this.mails.flatMap((mail) => linksIn(mail)).filter(({ url }) => this.#owns(url));
    return asked.findLast(({ text }) => labels.confirm.test(text))?.text.startsWith('I have') === true;
  }

  /**
   * Fetches the new key by the command in the newest mail that has one, as a developer in the user's own account, and
   * gives it to the application.
   * @throws {ResourceNotFoundException} if there is no such secret or version
   */
  async install(): Promise<string> {
    const commands = this.mails.flatMap(({ text }) => [
      ...text.matchAll(/--secret-id (\S+)(?: --version-id (\w+))? --region/g),
    ]);
    const { aws, settings, clock } = this.world;
    const name = this.user.tags.get(secretTag) ?? secretNameOf(settings.secretPrefix, this);
    // A mail about several users has several; in an ARN, six characters follow the name.
    const own = commands.filter(([, id = '']) => id.endsWith(name) || id.slice(0, -7).endsWith(name));
    const [, SecretId = name, VersionId] = own.at(-1) ?? commands.at(-1) ?? [];
    const developer = clientDefaults(aws, settings.region, developerRole, this.accountId);
    const { SecretString } = await new SecretsManagerClient(developer).send(
      new GetSecretValueCommand({ SecretId, VersionId }),
    );
    // Whatever the fields are called: the owner looks at it.
    const [keyId] = /\bAKIA[A-Z0-9]{12,}/.exec(SecretString ?? '') ?? [];
    if (keyId === undefined) throw new Error(`the secret ${SecretId} holds no key`);
    this.switchTo(keyId, clock.now());
    return keyId;
  }

  #is({ accountId, userName }: MailedUser): boolean {
    return accountId === this.accountId && [this.userName, this.user.name].includes(userName);
  }

  /** Whether a link is about this user: a mail may have those of several. */
  #owns(url: string): boolean {
    const user = userOfLink(url, this.world.engine);
    return user === undefined || this.#is(user);
  }

  /** From `at` on, the application signs with this key as it did with the one before. */
  switchTo(keyId: string, at: Date): void {
    const current = this.user.usages.findLast(({ until }) => until === undefined);
    if (current?.keyId === keyId) return;
    if (current !== undefined) current.until = at;
    const { everyHours, service, region } = current ?? { everyHours: 6, service: 's3', region: 'eu-west-1' };
    this.user.usages.push({ keyId, from: at, everyHours, service, region });
  }

  /**
   * Opens the page and submits its form with the last four characters of a key's ID: the one that the application
   * has, unless another is named.
   */
  confirm({ link = this.link('confirm'), keyId }: { link?: string; keyId?: string } = {}): Promise<Response> {
    const installed = this.user.usages.findLast(({ until }) => until === undefined)?.keyId;
    return this.submit(link, { decision: 'confirm', keyEnd: (keyId ?? installed ?? '').slice(-4) });
  }

  /**
   * Opens the page and says that no key is needed any more, with the last four characters of a key's ID: the oldest
   * one's, unless another is named.
   */
  async notNeeded({
    link = this.link('notNeeded'),
    keyId = this.user.keys[0]?.id ?? '',
  } = {}): Promise<Response> {
    const hidden = hiddenIn(await this.open(link));
    return this.submit(link, { decision: 'notNeeded', keyEnd: keyId.slice(-4), ...hidden });
  }

  /** Opens the page and takes back the answer that was given there, as long as the key is active. */
  async takeBack({ reason = '', link = this.link('confirm') } = {}): Promise<Response> {
    const word = wordIn(await this.open(link), 'takeBack');
    return this.submit(link, { decision: 'takeBack', reason, word });
  }

  async rollBack(reason: string, link = this.link('rollBack')): Promise<Response> {
    return this.submit(link, { decision: 'rollBack', reason, word: await this.wordOn(link, 'rollBack') });
  }

  /** Asks, by the button on the page, how the keys are used now. */
  async lookAgain(link = this.link('confirm')): Promise<Response> {
    return this.submit(link, { look: 'again' });
  }

  /** Opens the page and asks for that many more days. */
  async askForTime(days: number, reason: string, link = this.link('moreTime')): Promise<Response> {
    const page = await this.open(link);
    const word = wordIn(page, 'moreTime');
    return this.submit(link, { decision: 'moreTime', days: String(days), reason, word, ...hiddenIn(page) });
  }

  /** The word that the page asks to be typed; empty if it asks for none. */
  async wordOn(link: string, decision: 'rollBack' | 'moreTime' | 'takeBack'): Promise<string> {
    return wordIn(await this.open(link), decision);
  }

  async open(link: string): Promise<string> {
    return (await this.world.ownerApp.request(link)).text();
  }

  async submit(link: string, fields: Readonly<Record<string, string>>): Promise<Response> {
    await this.open(link);
    return this.world.ownerApp.request(link, { method: 'POST', body: new URLSearchParams(fields) });
  }
}

const wordIn = (page: string, decision: 'rollBack' | 'moreTime' | 'takeBack'): string =>
  new RegExp(`<label for="${decision}Word">Type “([^”]+)”`).exec(page)?.[1] ?? '';

/** The hidden fields of a page's forms: which asking it shows, and how far its dates were moved. */
export function hiddenIn(page: string): Record<string, string> {
  const fields = page.matchAll(/<input type="hidden" name="(asking|postponed)" value="(\d+)">/g);
  return Object.fromEntries([...fields].map(([, name = '', value = '']) => [name, value]));
}

/** The links of a mail with their texts, as its reader sees them. */
export function linksIn({
  html,
}: Pick<DeliveredMail, 'html'>): { readonly url: string; readonly text: string }[] {
  return [...html.matchAll(/<a [^>]*href="([^"]+)"[^>]*>([^<]*)</g)].map(([, url = '', text = '']) => ({
    url: url.replaceAll('&amp;', '&'),
    text,
  }));
}
