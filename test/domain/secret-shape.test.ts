import { describe, expect, it } from 'vitest';
import { detectShape } from '../../tasks/domain/adopting/detect.ts';
import { problemIn, shapeFor, shapeOf, shapeTag } from '../../tasks/domain/secret-shape.ts';
import { nameOnlyValue, readValue, writeValue } from '../../tasks/domain/secret-value.ts';
import { smtpPasswordOf } from '../../tasks/domain/smtp-password.ts';

const pair = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const about = {
  accountId: '111122223333',
  userName: 'deploy-bot',
  region: 'eu-west-1',
  at: new Date('2027-01-10T08:00:00Z'),
};
const written = (shape: string, kept?: string) => writeValue(shapeOf(shape), pair, about, kept);

it.each([
  ['eu-central-1', 'some+secret+key', 'BMXhUYlu5Z3gSXVQORxlVa7XPaz91aGWdfHxvkOZdWZ2'],
  ['eu-central-1', 'another+secret+key', 'BBbphbrQmrKMx42d1N6+C7VINYEBGI5v9VsZeTxwskfh'],
  ['us-west-1', 'some+secret+key', 'BH+jbMzper5WwlwUar9E1ySBqHa9whi0GPo+sJ0mVYJj'],
  ['us-west-1', 'another+secret+key', 'BKVmjjMDFk/qqw8EROW99bjCS65PF8WKvK5bSr4Y6EqF'],
])('the SMTP password for %s and "%s" is the one that is publicly known', (region, secret, password) => {
  expect(smtpPasswordOf(secret, region)).toBe(password);
});

describe('a secret is written in the shape that was asked for', () => {
  it.each([
    ['as always', '', { accessKeyId: pair.accessKeyId, secretAccessKey: pair.secretAccessKey }],
    [
      'with other names and fixed fields',
      'id=AWS_ACCESS_KEY_ID secret=AWS_SECRET_ACCESS_KEY AWS_REGION=@region user=@user account=@account made=@created team=web',
      {
        AWS_ACCESS_KEY_ID: pair.accessKeyId,
        AWS_SECRET_ACCESS_KEY: pair.secretAccessKey,
        AWS_REGION: 'eu-west-1',
        user: 'deploy-bot',
        account: '111122223333',
        made: '2027-01-10T08:00:00.000Z',
        team: 'web',
      },
    ],
    [
      'with the SMTP password of a region',
      'smtp=eu-central-1 smtpField=SMTP_PASSWORD',
      { ...pair, SMTP_PASSWORD: smtpPasswordOf(pair.secretAccessKey, 'eu-central-1') },
    ],
  ])('%s', (_, shape, expected) => {
    expect(JSON.parse(written(shape))).toEqual(expected);
    expect(readValue(shapeOf(shape), written(shape))).toEqual(pair);
  });

  it('as a credentials file', () => {
    const text = written('file profile=deploy region=eu-west-1');
    expect(text).toBe(
      `[deploy]\naws_access_key_id = ${pair.accessKeyId}\naws_secret_access_key = ${pair.secretAccessKey}\nregion = eu-west-1\n`,
    );
    expect(readValue(shapeOf('file profile=deploy'), text)).toEqual(pair);
  });

  it('and keeps everything in an adopted one that is not about the key', () => {
    const kept = JSON.stringify({
      AccessKeyId: 'AKIAOLD',
      SecretAccessKey: 'old',
      Status: 'Active',
      Team: { a: 1 },
    });
    const shape = 'id=AccessKeyId secret=SecretAccessKey';
    expect(JSON.parse(written(shape, kept))).toEqual({
      AccessKeyId: pair.accessKeyId,
      SecretAccessKey: pair.secretAccessKey,
      Status: 'Active',
      Team: { a: 1 },
    });
    const named = nameOnlyValue(shapeOf(shape), 'AKIAOTHER', kept);
    expect(JSON.parse(named)).toMatchObject({ AccessKeyId: 'AKIAOTHER', Status: 'Active' });
    expect(named).not.toContain('"old"');
    expect(JSON.parse(written(shape, named))).not.toHaveProperty('note');
    const file =
      '# ours\n[web]\nregion=eu-west-1\naws_access_key_id=AKIAOLD\naws_secret_access_key=old\noutput=json\n';
    expect(written('file profile=web', file)).toBe(
      file.replace('AKIAOLD', pair.accessKeyId).replace('=old', `=${pair.secretAccessKey}`),
    );
  });
});

it.each([
  ['id', 'has "id"; a word is name=value'],
  ['id=', 'has "id="'],
  ['id=a id=b', 'says id twice'],
  ['id=key secret=key', 'names the field key twice'],
  ['accessKeyId=x', 'names the field accessKeyId twice'],
  ['id=1a', 'has "1a", which isn\'t a name'],
  ['smtp=Frankfurt', "has smtp=Frankfurt, which isn't a region"],
  ['smtpField=x', 'has smtpField without smtp'],
  ['file id=x', 'is a credentials file, whose fields have fixed names'],
  ['profile=x', 'has a profile, which only a credentials file has'],
  ['owner=@owner', 'has owner=@owner; what can be filled in is'],
  [`a=${'x'.repeat(260)}`, 'has 262 characters'],
])('the shape "%s" is refused before anything is created', (text, says) => {
  expect(problemIn(text)).toContain(says);
  expect(() => shapeFor(new Map([[shapeTag, text]]), '')).toThrow(
    `tag ${shapeTag} is "${text}"; it ${problemIn(text)}`,
  );
});

it.each([
  [
    JSON.stringify({ AWS_ACCESS_KEY_ID: pair.accessKeyId, AWS_SECRET_ACCESS_KEY: pair.secretAccessKey }),
    'id=AWS_ACCESS_KEY_ID secret=AWS_SECRET_ACCESS_KEY',
  ],
  [written(''), 'id=accessKeyId secret=secretAccessKey'],
  [written('file'), 'file'],
  [written('file profile=web'), 'file profile=web'],
])('a secret that looks like %s is recognized', (text, shape) => {
  expect(detectShape(text)).toEqual({ state: 'known', shape, keyId: pair.accessKeyId });
});

it.each([
  [undefined, 'binary'],
  ['{"password": "hunter2"}', 'no field holds an access key ID'],
  [JSON.stringify({ key: pair.accessKeyId, password: 'x' }), 'no field is named like a secret access key'],
  [JSON.stringify({ ...pair, other: 'AKIAI44QH8DHBEXAMPLE' }), 'more than one key'],
  [JSON.stringify({ ...pair, SMTP_PASSWORD: 'x' }), 'an SMTP password'],
  [JSON.stringify({ 'my id': pair.accessKeyId, secret: pair.secretAccessKey }), 'its shape has'],
  [`${written('file profile=a')}${written('file profile=b')}`, 'neither JSON nor a credentials file'],
  ['just a text', 'neither JSON nor a credentials file'],
])(
  'a secret that looks like anything else is unknown, and its text is never repeated: case %#',
  (text, says) => {
    const found = detectShape(text);
    expect(found).toMatchObject({ state: 'unknown', because: expect.stringContaining(says) });
    expect(JSON.stringify(found)).not.toContain(pair.secretAccessKey);
  },
);
