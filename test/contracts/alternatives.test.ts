import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);

/** The titles of all tests, as they are in the files. */
const tests = readdirSync(new URL('test/', root), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => readFileSync(new URL(`test/${file}`, root), 'utf8'));

const page = readFileSync(new URL('docs/alternatives.md', root), 'utf8');
const [, part = ''] = /<!-- the sample's failures -->(.*?)<!-- end/s.exec(page) ?? [];
const rows = part
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(2)
  .map((line) => line.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '')));

describe('the AWS sample’s failures, side by side', () => {
  it('have a row for each that was measured', () => {
    expect(rows.length).toBeGreaterThanOrEqual(17);
  });

  it.each(rows)('the test for "%s" exists', (_, _sample, _keyturn, test = '') => {
    const title = test.replaceAll('*', '');
    expect(title).not.toBe('');
    expect(tests.filter((text) => text.includes(`'${title}'`) || text.includes(`"${title}"`))).not.toEqual(
      [],
    );
  });
});
