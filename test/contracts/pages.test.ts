import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { architecture } from '../../docs/account-pictures.ts';
import { drawings, drawnPages, roleTable } from '../../docs/architecture.ts';
import { svgOf } from '../../docs/svg.ts';
import { allFunctions, rotationMachineName } from '../../tasks/manifest.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const withoutCode = (text: string): string => text.replaceAll(/^( *)```[\s\S]*?^\1```/gm, '');

const notOurs = new Set(['.git', 'node_modules', 'cdk.out', 'coverage']);

/** Every Markdown file of the repository. */
const pages = readdirSync(root, { withFileTypes: true })
  .filter(({ name }) => !notOurs.has(name))
  .flatMap((entry) =>
    entry.isDirectory()
      ? readdirSync(new URL(`${entry.name}/`, root), { recursive: true, encoding: 'utf8' }).map(
          (path) => `${entry.name}/${path}`,
        )
      : [entry.name],
  )
  .filter((path) => path.endsWith('.md'));

/** A heading's anchor, as GitHub makes it. */
const slug = (heading: string): string =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const headingsOf = (path: string): string[] =>
  [...withoutCode(read(path)).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => heading);

/** The anchors of a page's headings. As on GitHub, the second of two equal ones gets a number. */
function anchorsOf(path: string): string[] {
  const slugs = headingsOf(path).map(slug);
  return slugs.map((anchor, at) => {
    const before = slugs.slice(0, at).filter((other) => other === anchor).length;
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

/** The targets of a page's links and pictures, as they are written. */
const targetsIn = (text: string): string[] => [
  ...[...text.matchAll(/\]\(([^)\s]+)[^)]*\)/g)].map(([, target]) => target ?? ''),
  ...[...text.matchAll(/\b(?:href|src)="([^"]+)"/g)].map(([, target]) => target ?? ''),
  ...[...text.matchAll(/^\[[^\]]+\]: +(\S+)/gm)].map(([, target]) => target ?? ''),
];

/** Whether a link leads nowhere: there is no such file, or no such heading in it. */
function isBroken(link: string, from: string): boolean {
  const { pathname, hash } = new URL(link, new URL(from, root));
  const path = decodeURIComponent(pathname).slice(root.pathname.length);
  if (!existsSync(new URL(path, root))) return true;
  return hash !== '' && !anchorsOf(path).includes(decodeURIComponent(hash.slice(1)));
}

describe('every page', () => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(read('package.json')));

  it('is found, wherever it is', () => {
    expect(pages).toEqual(
      expect.arrayContaining(['README.md', 'docs/decisions/README.md', '.github/pull_request_template.md']),
    );
  });

  it.each(pages)('%s: all links and pictures lead somewhere', (path) => {
    const relative = targetsIn(withoutCode(read(path))).filter((target) => !/^[a-z]+:/.test(target));
    expect(relative.filter((target) => isBroken(target, path))).toEqual([]);
  });

  // A changelog has the same headings in each version.
  it.each(pages.filter((path) => path !== 'CHANGELOG.md'))('%s: no heading appears twice', (path) => {
    const headings = headingsOf(path);
    expect(headings.filter((heading, at) => headings.indexOf(heading) !== at)).toEqual([]);
  });

  it.each(pages)('%s: the npm scripts that it names exist', (path) => {
    const named = [...read(path).matchAll(/\bnpm (?:run (?:--?[\w-]+ )*([\w:-]+)|(start|test)\b)/g)];
    const names = named.map(([, script, short]) => script ?? short ?? '');
    expect(names.filter((name) => !(name in scripts))).toEqual([]);
  });

  it.each([
    ['a file that is missing', 'nowhere.md', true],
    ['a heading that is missing', 'docs/runbook.md#nowhere', true],
    ['a heading of the page itself', '#the-promise', false],
    ['a heading of another page', 'docs/runbook.md#a-leaked-key', false],
  ])('a link to %s', (_, link, broken) => {
    expect(isBroken(link, 'README.md')).toBe(broken);
  });
});

describe('the index of documents', () => {
  it('names every page under docs/, except the decisions, which have their own index', () => {
    const listed = targetsIn(read('docs/README.md')).map((target) => target.replace(/#.*/, ''));
    const written = pages.filter((path) => /^docs\/[^/]+\.md$/.test(path) && path !== 'docs/README.md');
    const missing = written.map((path) => path.replace('docs/', '')).filter((path) => !listed.includes(path));
    expect(missing).toEqual([]);
  });
});

describe('the decisions', () => {
  const records = pages.filter((path) => /^docs\/decisions\/\d{4}-/.test(path));
  const index = read('docs/decisions/README.md');

  it.each(records)('%s has a status, a date and the usual parts', (path) => {
    const text = read(path);
    expect(text).toMatch(/^# \d{4} .+\n\n- Status: (accepted|superseded)\b.*\n- Date: \d{4}-\d\d-\d\d\n/);
    const parts = [...text.matchAll(/^## (.+)$/gm)].map(([, part]) => part);
    expect(parts.filter((part) => part !== 'Rationale')).toEqual([
      'Context',
      'Options',
      'Decision',
      'Consequences',
    ]);
  });

  it.each(records)('%s is in the index, under its title and date', (path) => {
    const [, number, title] = /^# (\d{4}) (.+)$/m.exec(read(path)) ?? [];
    const [, date] = /^- Date: (.+)$/m.exec(read(path)) ?? [];
    const row = index
      .split('\n')
      .find((line) => line.startsWith(`| [${number}](${path.split('/').at(-1)}) |`));
    expect(row).toContain(`| ${title} |`);
    expect(row).toContain(`| ${date} |`);
  });

  it.each(records)('%s: what it supersedes or amends says so too', (path) => {
    const [, status = ''] = /^- Status: (.+)$/m.exec(read(path)) ?? [];
    const [name] = path.split('/').slice(-1);
    const earlier = /(?:supersedes|amends|extends) /.test(status) ? targetsIn(status) : [];
    const silent = earlier.filter((other) => !read(`docs/decisions/${other}`).includes(`](${name})`));
    expect(silent).toEqual([]);
  });
});

describe('the pictures', () => {
  it.each(Object.entries(drawings))('%s is what the generator draws today', (path, draw) => {
    expect(draw(), 'run npm run diagram').toBe(read(`docs/${path}`));
  });

  it.each(Object.entries(drawnPages))('%s is what the generator makes of it today', (path, made) => {
    const page = read(`docs/${path}`);
    expect(made(page), 'run npm run diagram').toBe(page);
  });

  it('have the roles of every function in a table', () => {
    for (const { name } of allFunctions) expect(roleTable()).toContain(`| \`${name}\` |`);
  });

  it('change with the manifest: a rotation that never enters an account has no arrow to one', () => {
    const without = allFunctions.map((row) =>
      row.trigger.kind === 'state' && row.trigger.machine === rotationMachineName
        ? { ...row, does: [] }
        : row,
    );
    const arrows = (picture: string): number => picture.split('marker-end').length;
    expect(arrows(svgOf(architecture(without)))).toBeLessThan(arrows(svgOf(architecture())));
  });
});
