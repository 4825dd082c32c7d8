import { describe, expect, it } from 'vitest';
import { versionIdOf } from '../../tasks/domain/keys.ts';
import { newKeyId, oldKeyId } from '../owner/fixtures.ts';
import { everyMail } from './every-mail.ts';

const mails = everyMail();
const each = Object.entries(mails);
const whole = ({ subject, text, html }: { subject: string; text: string; html: string }) =>
  [subject, text, html].join('\n');
const mail = (kind: string) => mails[kind] ?? { subject: '', text: '', html: '' };

describe('every mail', () => {
  it.each(each)('%s says which user in which account in its subject', (_, { subject }) => {
    expect(subject).toContain('deploy-bot in ');
    expect(subject).toContain('111122223333');
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
    expect(made.failed?.text).toContain(`"userName":"x'\\''; $(reboot) #"}'`);
  });
});

describe('the mail about a new key', () => {
  it('says how to read it, what to do, what happens, and until when to answer', () => {
    const { text } = mail('newKeyReady');
    expect(text).toContain(
      `aws secretsmanager get-secret-value --secret-id keyturn/111122223333/deploy-bot --version-id ${versionIdOf(newKeyId)} --region eu-west-1 --query SecretString --output text`,
    );
    expect(text).toContain('Old key last used: s3 in eu-west-1, 2026-11-22 06:00 UTC');
    expect(text).toContain('AKIA…QJHX');
    expect(text).toContain('Without an answer by 2026-12-07 08:00 UTC the new key is withdrawn');
    expect(text).toMatch(/\/answer\/Y29uZmlybQ[\s\S]*\/answer\/cm9sbEJhY2s/);
  });

  it('tells its last use as in use where AWS could not say', () => {
    expect(mail('newKeyReadySecondRound').text).toMatch(/AWS could not say \(.*\), so it counts as in use/);
    expect(mail('newKeyReadySecondRound').text).toContain('round 2');
  });

  it('repeats itself as a reminder, with its number and what silence means', () => {
    expect(mail('reminder').subject).toMatch(/^Reminder 2 of 4: /);
    expect(mail('reminder').text).toContain('Without an answer by 2026-12-07 08:00 UTC');
  });

  it('says so where the policy keeps both keys', () => {
    const policy = { ...everyPolicy(), onSilence: 'keep' as const };
    expect(everyMail('', { plan: { policy } }).newKeyReady?.text).toContain('both keys stay as they are');
  });
});

describe('the mail about a key to retire', () => {
  it.each(['retirement', 'reminderOfRetirement', 'retiredKeyInactive'])(
    '%s shows the key by its start, because the end is asked for',
    (kind) => {
      expect(whole(mail(kind))).not.toContain(oldKeyId.slice(-4));
      expect(mail(kind).text).toContain('AKIAOLDO…');
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
      `aws stepfunctions start-execution --state-machine-arn arn:aws:states:eu-west-1:999988887777:stateMachine:rotate-user-key --name 111122223333-deploy-bot-2 --input '{"accountId":"111122223333","userName":"deploy-bot"}'`,
    );
    expect(mail('failed').subject).toContain('NewKeyNotStored in ProvisionNewKey');
  });

  it('say what each escalation is about', () => {
    expect(mail('silence').text).toContain('The new key is withdrawn');
    expect(mail('drainDeadline').text).toContain('no deadline makes it inactive');
    expect(mail('tooManyRollbacks').text).toContain('rolled back 3 times');
    expect(mail('usedNotConfirmed').text).toContain('Both are active');
  });
});

describe('the mails of the window', () => {
  it('say when the key is deleted, and how to take it back until then', () => {
    expect(mail('oldKeyInactive').text).toContain('deleted on 2026-12-02 08:00 UTC');
    expect(mail('oldKeyInactive').text).toContain('/answer/cm9sbEJhY2s');
  });

  it('warn of making a leaked key active', () => {
    expect(mail('leakedKey').text).toContain('strangers may have');
    expect(mail('leakedReactivated').text).toContain('others may have it');
    expect(mail('leakedKeyNoNewOne').text).toContain('No new key was made');
  });
});

function everyPolicy() {
  return {
    maxAgeDays: 90,
    quietDays: 7,
    reminderEveryDays: 3,
    reminders: 4,
    drainDays: 30,
    windowDays: 10,
  };
}
