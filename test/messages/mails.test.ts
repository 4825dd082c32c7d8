import { describe, expect, it } from 'vitest';
import { subjectOf } from '../../local/story/mails.ts';
import { versionIdOf } from '../../tasks/domain/keys.ts';
import { defaultPolicy } from '../../tasks/domain/policy.ts';
import { brandSchema } from '../../tasks/domain/settings/brand.ts';
import { newKeyId, oldKeyId, strangersKeyId } from '../tasks/ids.ts';
import { everyMail } from './every-message.ts';

const mails = everyMail();
const each = Object.entries(mails);
const whole = ({ subject, text, html }: { subject: string; text: string; html: string }) =>
  [subject, text, html].join('\n');
const mail = (kind: string) => mails[kind] ?? { subject: '', text: '', html: '' };

/** One mail is about the whole organization, and some are about several users. */
const aboutUsers = each.filter(([kind]) => kind !== 'auditReport' && !kind.startsWith('several'));

describe('a mail about several users', () => {
  it.each([
    ['severalKeys', '2 access keys to decide on by 7 Dec: deploy-bot, deploy-bot'],
    ['severalNewKeys', '3 access keys to install by 7 Dec: deploy-bot, deploy-bot, deploy-bot'],
    ['severalRetirements', '2 access keys to delete or keep by 7 Dec: deploy-bot, deploy-bot'],
  ])('%s says in its subject how many, what to do, by when, and about whom', (kind, said) => {
    expect(mail(kind).subject).toBe(`${said} [Payments (111122223333)]`);
  });
});

describe('every mail', () => {
  it.each(aboutUsers)('%s says which user in which account in its subject', (_, { subject }) => {
    expect(subjectOf({ subject })).toMatchObject({ userName: 'deploy-bot', accountId: '111122223333' });
  });

  it.each(each)('%s says the same in both of its forms', (_, { text, html }) => {
    const shown = html.replaceAll(/<style>.*?<\/style>|<[^>]+>/gs, ' ').replaceAll('&#39;', "'");
    const words = (of: string) => of.replaceAll('&quot;', ' ').split(/[^\w']+/);
    const missing = words(text.replaceAll('[x]', '')).filter(
      (word) => !/^\d+$/.test(word) && !words(html + shown).includes(word),
    );
    expect(missing).toEqual([]);
  });

  it.each(each)('%s holds no end of the new key, no placeholder and no empty value', (_, made) => {
    expect(whole(made)).not.toContain(newKeyId.slice(-4));
    expect(whole(made)).not.toMatch(/undefined|null|NaN|Invalid Date|\[object/);
  });

  it.each(each)('%s loads nothing and runs nothing', (_, { html }) => {
    expect(html).not.toMatch(/<script|<img|<link|<iframe|@import|url\(|\ssrc=|\son\w+=/i);
  });

  it.each(each)('%s writes dates with their zone', (_, { text }) => {
    expect(text.match(/\d{4}-\d\d-\d\d \d\d:\d\d(?! UTC)/g)).toBeNull();
    expect(text).not.toMatch(/\d{4}-\d\d-\d\dT/);
  });
});

describe('words of others', () => {
  const hostile = [
    '<img src=x onerror=alert(1)>',
    '"><script>alert(1)</script>',
    'evil\u202Etxt.exe\u2066\u200B\uFEFF',
    'one\r\nBcc: all@example.com\n\nbody\u2028more\u0000\u001b[31m',
    '</style></td>\'"&<a href="javascript:alert(1)">',
  ];
  it.each(hostile)('stay harmless everywhere (%#)', (words) => {
    const made = everyMail(words, {
      rotation: { userName: words },
      plan: { accountName: words, because: words, owner: [words] },
    });
    for (const [kind, { subject, text, html }] of Object.entries(made)) {
      expect(subject, kind).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]*$/u);
      expect(text.replaceAll('\n', ''), kind).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]*$/u);
      expect(html.replaceAll('\n', ''), kind).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]*$/u);
      expect(html, kind).not.toMatch(/<img|<script|<a href="(?!https:\/\/keyturn\.example\.com\/)/i);
      expect(html.match(/<\/style>/g), kind).toHaveLength(1);
      expect(text, kind).not.toMatch(/^Bcc:/m);
    }
  });

  it('cannot break out of a command that people copy', () => {
    const made = everyMail("x'; rm -rf ~ #", { rotation: { userName: "x'; $(reboot) #" } });
    const command = /--secret-id ('.*') --version-id/.exec(made.newKeyReady?.text ?? '')?.[1];
    expect(command).toBe("'keyturn/111122223333/x'\\''; $(reboot) #'");
    expect(made.needsPerson?.text).toContain(`"userName":"x'\\''; $(reboot) #","action":"retire"`);
    expect(made.failed?.text).toContain('There is nothing to continue');
  });
});

describe('the mail about a new key', () => {
  it('says how to read it, what to do, what happens, and until when to answer', () => {
    const { text } = mail('newKeyReady');
    expect(text).toContain(
      `aws secretsmanager get-secret-value --secret-id keyturn/111122223333/deploy-bot --version-id ${versionIdOf(newKeyId)} --region eu-west-1 --query SecretString --output text`,
    );
    expect(text).toContain('Old key last used: s3 in eu-west-1, 2026-11-22 06:00 UTC');
    expect(text).toContain('AKIAOLDOLDOLDOLD…');
    expect(text).toContain('Without an answer by 2026-12-07 08:00 UTC the new key is withdrawn');
    expect(text).toMatch(/\/answer\/Y29uZmlybQ[\s\S]*\/answer\/cm9sbEJhY2s/);
  });

  it('tells its last use as in use where AWS could not say', () => {
    expect(mail('newKeyReadySecondRound').text).toMatch(/AWS could not say \(.*\), so it counts as in use/);
    expect(mail('newKeyReadySecondRound').text).toContain(
      'You were asked before, and the answer was taken back, because: “deploys broke in eu-west-1”. This is round 2.',
    );
  });

  it('repeats itself as a reminder, with its number and what silence means', () => {
    expect(mail('reminder').subject).toMatch(/^deploy-bot: install the new access key by \d+ \w+ \[/);
    expect(mail('reminder').text).toContain('Without an answer by 2026-12-07 08:00 UTC');
  });

  it('says so where the policy keeps both keys', () => {
    const policy = { ...defaultPolicy, onSilence: 'keep' as const };
    expect(everyMail('', { plan: { policy } }).newKeyReady?.text).toContain('both keys stay as they are');
  });
});

describe('the mail about a key to retire', () => {
  it.each(['retirement', 'reminderOfRetirement', 'retiredKeyInactive', 'retiredAndNoRollback'])(
    '%s shows the key by its start, because the end is asked for',
    (kind) => {
      expect(whole(mail(kind))).not.toContain(oldKeyId.slice(-4));
      expect(mail(kind).text).toContain('AKIAOLDOLDOLDOLD…');
    },
  );

  it('names its age and last use and speaks of no new key to install', () => {
    expect(mail('retirement').text).toContain('Created: 2026-08-10 09:30 UTC');
    expect(mail('retirement').text).toContain('Last used: never');
    expect(mail('retirement').text).not.toContain('get-secret-value');
  });
});

describe('the mails to operators', () => {
  it('give the line that starts the next attempt', () => {
    expect(mail('failed').text).toContain(
      `aws stepfunctions start-execution --region eu-west-1 --state-machine-arn arn:aws:states:eu-west-1:999988887777:stateMachine:rotate-user-key:live --name 111122223333-deploy-bot-2 --input '{"accountId":"111122223333","userName":"deploy-bot"}'`,
    );
    expect(mail('failed').subject).toContain('NewKeyNotStored in ProvisionNewKey');
  });

  it('have a command for each answer to a question, and show both keys side by side', () => {
    const { text, html } = mail('needsPerson');
    for (const id of [oldKeyId, strangersKeyId])
      expect(text).toContain(`"action":"retire","keyId":"${id}"}'`);
    expect(text).toContain('"Value":"2027-02-23 all keys are needed"');
    expect(text).toMatch(
      /AKIAOLDOLDOLDOLD…\n {2}Status: active\n {2}Created: .*\n {2}Last used: s3 in eu-west-1/,
    );
    expect(text).toContain('In the secret: yes: applications that read the secret get this key');
    expect(html).toContain('<th scope="col"');
    expect(mail('needsPersonUnderFirstMachine').text).toContain('start-execution');
  });

  it.each([
    ['needsPerson', 'a-person-must-decide'],
    ['failed', 'newkeynotstored'],
    ['silence', 'the-owner-did-not-answer'],
    ['drainDeadline', 'the-old-key-is-still-in-use'],
  ])('%s links to its section of the runbook', (kind, anchor) => {
    expect(mail(kind).html).toContain(`<a href="https://keyturn.example.com/runbook#${anchor}"`);
  });

  it('say what each escalation is about', () => {
    expect(mail('silence').text).toContain('The new key is withdrawn');
    expect(mail('drainDeadline').text).toContain('no deadline makes it inactive');
    expect(mail('tooManyRollbacks').text).toContain('rolled back 3 times');
    expect(mail('usedNotConfirmed').text).toContain('Both are active');
  });
});

describe('the mails about what keyturn could not do', () => {
  const status = (wanted: string) =>
    `aws iam update-access-key --user-name deploy-bot --access-key-id ${oldKeyId} --status ${wanted}`;

  it.each(['reactivationStuck', 'inactiveAndNoRollback'])(
    '%s has the command that makes the key active, and says in which account',
    (kind) => {
      expect(mail(kind).text).toContain(status('Active'));
      expect(mail(kind).text).toContain('In the account Payments (111122223333)');
      expect(mail(kind).text).toContain('write to ops@example.com');
    },
  );

  it.each(['leakStillActive', 'leakStillActiveWithoutPlan', 'leakReactivated'])(
    '%s has the command that makes the leaked key inactive',
    (kind) => {
      expect(mail(kind).text).toContain(status('Inactive'));
    },
  );

  it('say under a subject of its own that a leaked key is still active, why, since when, and that it comes again', () => {
    expect(mail('leakStillActive').subject).toBe(
      'Leaked access key still active: deploy-bot in Payments (111122223333)',
    );
    expect(mail('leakStillActive').text).toContain('Still active because: deploys broke in eu-west-1');
    expect(mail('leakStillActive').text).toContain('Known since: 2026-11-22 08:00 UTC');
    expect(mail('leakStillActive').text).toContain('sent daily until the key is no longer active');
  });

  it('look up a key whose end an owner has to name, instead of showing it', () => {
    expect(mail('retiredAndNoRollback').text).toContain(
      `--access-key-id "$(aws iam list-access-keys --user-name deploy-bot --query "AccessKeyMetadata[?Status=='Inactive' && starts_with(AccessKeyId, 'AKIAOLDOLDOLDOLD')].AccessKeyId" --output text)" --status Active`,
    );
    expect(mail('withdrawnKeyStays').text).toContain("starts_with(AccessKeyId, 'AKIANEWNEWNEWNEW')");
  });

  it('say what each key is now that somebody else has changed it, or that it could not be read', () => {
    expect(mail('changedElsewhere').text).toContain(
      'Old key AKIAOLDOLDOLDOLD…: inactive\nNew key AKIANEWNEWNEWNEW…: active',
    );
    expect(mail('changedElsewhereUnseen').text).toContain('! They could not be read.');
  });

  it('ask one question about a key that can’t be deleted', () => {
    expect(mail('deletionRefused').text.match(/\?/g)).toHaveLength(1);
    expect(mail('deletionRefused').text).toContain(
      `aws iam delete-access-key --user-name deploy-bot --access-key-id ${oldKeyId}`,
    );
  });
});

describe('a reminder', () => {
  it('says how many more there are, and is plainer the less are left', () => {
    expect(mail('firstReminder').text).toMatch(/^Have you installed the new access key of deploy-bot\?/);
    expect(mail('firstReminder').text).toContain('3 more reminders will follow.');
    expect(mail('reminder').text).toContain('Nobody has answered yet');
    expect(mail('reminder').text).toContain('2 more reminders will follow.');
    expect(mail('lastReminder').text).toMatch(/^Last reminder: the new access key of deploy-bot/);
    expect(mail('lastReminder').text).toContain('and this is the last reminder.');
    const silence = mail('lastReminder').text.match(/Without an answer by/g);
    expect(silence).toHaveLength(1);
  });
});

describe('the mails that break off a wait', () => {
  it('say how much more time there is, who asked for it and why', () => {
    expect(mail('moreTime').subject).toMatch(
      /^deploy-bot: install the new access key by \d+ \w+ \(7 days more\)/,
    );
    expect(mail('moreTime').text).toContain(
      'Answer by 2026-12-14 08:00 UTC. The next reminder comes on 2026-12-05 08:00 UTC.',
    );
    expect(mail('moreTime').text).toContain(
      'Requested by the link mailed to ada@example.com: deploys broke in eu-west-1',
    );
  });

  it.each(['askedInPlace', 'offeredInPlace'])(
    'say in %s whose mail came back, and what would mend it',
    (kind) => {
      expect(mail(kind).text).toContain('! The mail to ada@example.com came back: a permanent bounce');
      expect(mail(kind).text).toContain("Correct the user's owner tag");
    },
  );
});

describe('the audit report', () => {
  it('says first what is overdue, and what could not be seen', () => {
    const { subject, text } = mail('auditReport');
    expect(subject).toBe('Access keys: 3 overdue of 1310, 2026-11-25');
    expect(text).toMatch(
      /^3 access keys are overdue\n=+\n\n57 of 1310 access keys in 40 accounts are due, and 3 are overdue/,
    );
    expect(text).toContain('! 1 of 40 accounts could not be read');
    expect(text).toContain(
      'deploy-bot in Payments (111122223333): AKIAOLDOLDOLDOLD…, 700 days old; waiting for a person:',
    );
    expect(text).toMatch(/Waiting for you\n-+\n\nroot key: 1: delete by hand/);
    expect(text.indexOf('Waiting for you')).toBeLessThan(text.indexOf('In numbers'));
  });
});

describe('a brand', () => {
  const brand = brandSchema.parse({
    name: 'Key desk <Acme>',
    accent: '#7a1fa2',
    footer: 'Acme Ltd, "Platform"',
    extra: 'Ask in #keys first.',
    support: 'https://wiki.example.com/keys',
  });
  const branded = Object.entries(everyMail(undefined, { brand }));

  it.each(branded)(
    'is in %s: name, colour and footer, harmless, and no trace of the usual ones',
    (_, { html, text }) => {
      expect(html).toContain('Key desk &lt;Acme&gt;');
      expect(html).toContain('Acme Ltd, &quot;Platform&quot;');
      expect(text).toContain('Acme Ltd, "Platform"');
      expect(html).not.toMatch(/#0b57a4|>keyturn</);
    },
  );

  it('sends owners to its own support, with its own words', () => {
    const { text, html } = everyMail(undefined, { brand }).newKeyReady ?? { text: '', html: '' };
    expect(text).toContain('Questions: https://wiki.example.com/keys.');
    expect(text).toContain('Ask in #keys first.');
    expect(html).toContain('background-color:#7a1fa2;color:#ffffff');
  });
});

describe('the mails of the window', () => {
  it('say when the key is deleted, and how to take it back until then', () => {
    expect(mail('oldKeyInactive').text).toContain('deleted on 2026-12-02 08:00 UTC');
    expect(mail('oldKeyInactive').text).toContain('/answer/cm9sbEJhY2s');
  });

  it('warn of making a leaked key active', () => {
    expect(mail('leakedKey').text).toContain('others may have');
    expect(mail('leakReactivated').text).toMatch(/Others may have this key/);
    expect(mail('leakedKeyNoNewOne').text).toContain('No new key was made');
  });
});
