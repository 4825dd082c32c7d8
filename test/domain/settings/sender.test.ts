import { describe, expect, it } from 'vitest';
import { addressOf, readSender, senderSchema, writeSender } from '../../../tasks/domain/settings/sender.ts';

describe('a sender', () => {
  it.each([
    ['keys@example.com', { address: 'keys@example.com' }, 'keys@example.com'],
    ['<keys@example.com>', { address: 'keys@example.com' }, 'keys@example.com'],
    [
      'keyturn <keys@example.com>',
      { name: 'keyturn', address: 'keys@example.com' },
      'keyturn <keys@example.com>',
    ],
    [
      '"Keys, Inc." <keys@example.com>',
      { name: 'Keys, Inc.', address: 'keys@example.com' },
      '"Keys, Inc." <keys@example.com>',
    ],
    [
      'Keys, Inc. <keys@example.com>',
      { name: 'Keys, Inc.', address: 'keys@example.com' },
      '"Keys, Inc." <keys@example.com>',
    ],
    [
      'Schlüssel <keys@example.com>',
      { name: 'Schlüssel', address: 'keys@example.com' },
      '=?UTF-8?B?U2NobMO8c3NlbA==?= <keys@example.com>',
    ],
  ])('is read and written: %s', (text, sender, written) => {
    expect(readSender(text)).toEqual(sender);
    expect(writeSender(readSender(text))).toBe(written);
    // What is written is read again by the task.
    expect(addressOf(written)).toBe('keys@example.com');
    expect(senderSchema.safeParse(written).success).toBe(true);
  });

  it('may have a name that needs several encoded words', () => {
    const name = 'ключи доступа '.repeat(5).trim();
    const written = writeSender({ name, address: 'keys@example.com' });
    const words = written.split(' ').slice(0, -1);
    expect(words.every((word) => word.length <= 75)).toBe(true);
    expect(words.map((word) => Buffer.from(word.slice(10, -2), 'base64').toString()).join('')).toBe(name);
    expect(senderSchema.safeParse(written).success).toBe(true);
  });

  it('begins no other header, whatever the name is', () => {
    expect(writeSender({ name: 'a\r\nBcc: eve@example.com', address: 'keys@example.com' })).not.toMatch(
      /[\r\n]/,
    );
  });

  it.each([
    'keys',
    'keyturn <keys>',
    'a@example.com, b@example.com',
    '',
    `${'x'.repeat(46)} <keys@example.com>`,
    'keyturn\r\nBcc: eve@example.com <keys@example.com>',
    'keyturn <keys@example.com\r\nBcc: eve@example.com>',
  ])('is refused: %s', (text) => {
    expect(senderSchema.safeParse(text).success).toBe(false);
  });
});
