import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const sourcesIn = (folder: string): [name: string, text: string][] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => [name, readFileSync(`${folder}/${name}`, 'utf8')]);

const importsOf = (text: string): string[] =>
  [...text.matchAll(/from '([^']+)';/g)].map(([, path = '']) => path);

describe('messages, presentation and transport', () => {
  it.each(sourcesIn('tasks/messages'))(
    'are separate: messages/%s knows no brand, no layout and no transport',
    (_, text) => {
      const others = importsOf(text).filter(
        (path) => !/^(\.\/|\.\.\/domain\/)[\w/-]+\.ts$|^\.\.\/settings\.ts$/.test(path),
      );
      expect(others).toEqual([]);
      expect(text).not.toMatch(/\bbrand\b|<\/?[a-z]+>|#[0-9a-f]{6}\b|\bclass=|\bstyle=/i);
    },
  );

  it.each(sourcesIn('tasks/presentation'))('are separate: presentation/%s knows no transport', (_, text) => {
    expect(importsOf(text).filter((path) => /aws|\.\.\/(owner|tell|task)\b/.test(path))).toEqual([]);
  });

  it.each(['mailer.ts'])('are separate: aws/%s knows no message, only rendered mails', (name) => {
    const imports = importsOf(readFileSync(`tasks/aws/${name}`, 'utf8'));
    expect(imports.filter((path) => path.includes('/messages/'))).toEqual([]);
  });
});
