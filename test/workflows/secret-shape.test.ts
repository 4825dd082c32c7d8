import { expect, it } from 'vitest';
import { shapeTag } from '../../tasks/domain/secret-shape.ts';
import { smtpPasswordOf } from '../../tasks/domain/smtp-password.ts';
import { Life, userName } from './life.ts';

const textOf = (life: Life, label: string): string =>
  [...(life.secret?.versions.values() ?? [])].find(({ stages }) => stages.has(label))?.text ?? '';

it('a key is stored in the shape that the settings ask for, also if it is proved only after a crash', async () => {
  const secretShape = 'id=SMTP_USER secret=SECRET smtp=eu-central-1 smtpField=SMTP_PASSWORD host=@region';
  const life = await Life.begin({ settings: { secretShape } });
  expect(life.secret).toBeUndefined();
  // More than one run tries by itself: the next one reads what this one stored.
  let failures = 12;
  life.world.aws.inject(({ operation }) => {
    if (operation !== 'GetCallerIdentity' || failures <= 0) return undefined;
    failures -= 1;
    return 'unavailable';
  });
  await life.start();
  await life.days(1);
  expect(failures).toBe(0);
  expect(life.stands).toBe('AskOwner');
  const [, made] = life.user.keys;
  expect(JSON.parse(textOf(life, 'AWSCURRENT'))).toEqual({
    SMTP_USER: made?.id,
    SECRET: made?.secret,
    SMTP_PASSWORD: smtpPasswordOf(made?.secret ?? '', 'eu-central-1'),
    host: 'eu-west-1',
  });
  expect(JSON.parse(textOf(life, 'keyturn-old'))).toMatchObject({ SMTP_USER: life.oldKey.id });
  const mail = life.world.aws.mails.findLast(({ text }) => text.includes('json.loads'));
  expect(mail?.text).toContain('key["SMTP_USER"], key["SECRET"], key["SMTP_PASSWORD"]');
  await life.confirm();
  await life.days(30);
  expect(life.stands).toBe('completed');
});

it('a user’s tag has another shape than the settings, and one that is wrong is refused before a key is made', async () => {
  const life = await Life.begin({ tags: { [shapeTag]: 'file profile=deploy' } });
  await life.start();
  const [, made] = life.user.keys;
  expect(textOf(life, 'AWSCURRENT')).toBe(
    `[deploy]\naws_access_key_id = ${made?.id}\naws_secret_access_key = ${made?.secret}\n`,
  );
  const wrong = await Life.begin({ tags: { [shapeTag]: 'id=key secret=key' } });
  await wrong.start();
  expect(wrong.stands).toBe('UnreadableTag');
  expect(wrong.said).toContain('names the field key twice');
  expect(wrong.user.keys).toHaveLength(1);
  // A leaked key doesn't wait for a tag.
  await wrong.start({ action: 'emergency', keyId: wrong.oldKey.id });
  expect(wrong.oldKey.status).toBe('Inactive');
  expect([wrong.user.keys[1]?.id, userName]).toEqual([wrong.current?.keyId, 'deploy-bot']);
});
