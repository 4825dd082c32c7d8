import { describe, expect, it } from 'vitest';
import { answerUrl, type LinkReference, readLink, signLink } from '../../../tasks/domain/asking/link.ts';
import { executionArn } from '../../tasks/ids.ts';
import { now } from '../uses.ts';

const key = Buffer.from('the current signing key, 32 characters or more');
const previous = Buffer.from('the previous signing key, 32 characters or more');
const reference: LinkReference = {
  executionArn,
  stage: 'ask',
  round: 1,
  decision: 'confirm',
  expiresAt: new Date('2026-12-22T08:00:00Z'),
};
const link = signLink(reference, key);
const [payload = '', signature = ''] = link.split('.');
const read = (text: string) => readLink(text, [key], now);

describe('a link', () => {
  it('reads back as what was signed', () => {
    expect(read(link)).toEqual({ state: 'valid', reference });
    expect(
      read(signLink({ ...reference, stage: 'window', round: 12, decision: 'rollBack' }, key)),
    ).toMatchObject({ state: 'valid', reference: { stage: 'window', round: 12, decision: 'rollBack' } });
  });

  it('is the same each time, so that a reminder repeats the first mail’s', () => {
    expect(signLink({ ...reference }, key)).toBe(link);
  });

  it('is a short URL of plain characters and holds no key ID', () => {
    const url = answerUrl('https://keyturn.example.com', link);
    expect(url).toMatch(/^https:\/\/keyturn\.example\.com\/answer\/[\w-]+\.[\w-]{43}$/);
    expect(url.length).toBeLessThan(300);
    expect(Buffer.from(payload, 'base64url').toString()).not.toMatch(/AKIA/);
  });

  it('is forged with any byte of it altered', () => {
    for (let at = 0; at < link.length; at += 1) {
      for (const other of ['A', 'B', 'z', '-', '_', '.', '=', '%', '\u0000', 'é']) {
        if (other === link[at]) continue;
        expect(read(link.slice(0, at) + other + link.slice(at + 1)), `${other} at ${at}`).toEqual({
          state: 'forged',
        });
      }
    }
  });

  it('is forged when cut anywhere, or with anything added', () => {
    for (let length = 0; length < link.length; length += 1) {
      expect(read(link.slice(0, length))).toEqual({ state: 'forged' });
    }
    for (const more of ['=', '==', '.', ' ', '\n', 'A', '%00', `.${signature}`]) {
      expect(read(link + more)).toEqual({ state: 'forged' });
      expect(read(more + link)).toEqual({ state: 'forged' });
    }
  });

  it('is forged in another encoding of the same bytes', () => {
    const last = signature.at(-1) ?? '';
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const twins = [...alphabet].filter(
      (twin) =>
        twin !== last &&
        Buffer.from(signature.slice(0, -1) + twin, 'base64url').equals(Buffer.from(signature, 'base64url')),
    );
    expect(twins.length).toBeGreaterThan(0);
    for (const twin of twins) expect(read(link.slice(0, -1) + twin)).toEqual({ state: 'forged' });
    expect(read(`${payload}=.${signature}`)).toEqual({ state: 'forged' });
  });

  it('is forged with one user’s payload and another’s signature', () => {
    const other = signLink({ ...reference, executionArn: executionArn.replace('deploy', 'other') }, key);
    const [otherPayload, otherSignature] = other.split('.');
    expect(read(`${payload}.${otherSignature}`)).toEqual({ state: 'forged' });
    expect(read(`${otherPayload}.${signature}`)).toEqual({ state: 'forged' });
  });

  it('is forged under another key, and good under the previous one', () => {
    expect(readLink(link, [previous], now)).toEqual({ state: 'forged' });
    expect(readLink(link, [previous, key], now)).toEqual({ state: 'valid', reference });
    expect(readLink(link, [], now)).toEqual({ state: 'forged' });
  });

  it('expires at its second, and still says what it was for', () => {
    const just = new Date(reference.expiresAt.getTime() - 1);
    expect(readLink(link, [key], just).state).toBe('valid');
    expect(readLink(link, [key], reference.expiresAt)).toEqual({ state: 'expired', reference });
  });

  it.each(['', '.', '..', 'x', 'null', 'A'.repeat(1_000_000), '\u{1F511}', `${'A'.repeat(1020)}.x`])(
    'is forged, and nothing is thrown, for nonsense (%#)',
    (text) => {
      expect(read(text)).toEqual({ state: 'forged' });
    },
  );

  it('is forged if a long payload is well-formed but unsigned', () => {
    const long = ['arn:'.padEnd(720, 'x'), 'ask', '1', 'confirm', '1800000000'].join('\n');
    expect(read(Buffer.from(long).toString('base64url'))).toEqual({ state: 'forged' });
  });

  it.each([
    { ...reference, round: 0 },
    { ...reference, round: 1.5 },
    { ...reference, executionArn: 'arn:a\nask' },
    { ...reference, executionArn: 'arn:'.padEnd(2000, 'x') },
    { ...reference, expiresAt: new Date(Number.NaN) },
  ])('is not made for what could not be read back (%#)', (unreadable) => {
    expect(() => signLink(unreadable, key)).toThrow(RangeError);
  });
});
