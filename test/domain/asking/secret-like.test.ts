import { describe, expect, it } from 'vitest';
import { holdsSecret } from '../../../tasks/domain/asking/secret-like.ts';

const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';

describe('a secret access key in a text', () => {
  it.each([
    ['alone', secret],
    ['in a sentence', `the key ${secret} is needed`],
    ['in quotes', `"${secret}"`],
    ['in other quotes', `‘${secret}’`],
    ['as a setting', `AWS_SECRET_ACCESS_KEY=${secret}`],
    ['as JSON', `{"secretAccessKey":"${secret}"}`],
    ['as JSON with escaped slashes', `{"secretAccessKey":"${secret.replaceAll('/', '\\/')}"}`],
    ['with an equals sign behind', `${secret}==`],
    ['with letters before', `key${secret}`],
    ['with letters behind', `${secret}isthekey`],
    ['with letters around', `x${secret}y`],
    ['with an underscore before', `_${secret}`],
    ['with a slash before', `secrets/${secret}`],
    ['after its key’s ID', `AKIAOLDOLDOLDOLDQJHX${secret}`],
    ['after its key’s ID and a colon', `AKIAOLDOLDOLDOLDQJHX:${secret}`],
    ['twice', `${secret}${secret}`],
    ['wrapped', `${secret.slice(0, 20)}\n${secret.slice(20)}`],
    ['wrapped and indented', `${secret.slice(0, 20)}\r\n    ${secret.slice(20)}`],
    ['with what nobody sees in it', `${secret.slice(0, 20)}\u200B\u00AD${secret.slice(20)}`],
    ['encoded for a URL', encodeURIComponent(secret)],
    ['in full-width letters', secret.replaceAll('J', '\uFF2A')],
    ['without a digit', 'wJalrXUtnFEMIxKoMDENGxbPxRfiCYEXAMPLEKEY'],
    ['of small letters alone', 'x'.repeat(40)],
  ])('is found %s', (_, text) => {
    expect(holdsSecret(text)).toBe(true);
  });

  it.each([
    ['a short one', secret.slice(1)],
    ['a commit', `reverts ${'0f3a9'.repeat(8)}`],
    ['a file’s hash', `image sha256:${'0f3a9c'.repeat(11).slice(0, 64)}`],
    ['two keys’ IDs', 'AKIAOLDOLDOLDOLDQJHX AKIANEWNEWNEWNEWZWVK'],
    ['a session’s key ID', 'ASIAOLDOLDOLDOLDQJHX is the session’s'],
    ['an address', 'see https://wiki.example.com/operations/runbooks/access-keys/deploy-bot/rotation'],
    ['a long path', 'com/example/infrastructure/blob/main/modules/network'],
    [
      'a long sentence',
      'The nightly job in eu-west-1 broke 3 hours ago, Anna is on holiday and Ben can’t look',
    ],
  ])('is not seen in %s', (_, text) => {
    expect(holdsSecret(text)).toBe(false);
  });
});
