import { describe, expect, it } from 'vitest';
import { brandSchema } from '../../tasks/domain/settings/brand.ts';
import type { PageBlock } from '../../tasks/messages/document.ts';
import { renderPage } from '../../tasks/presentation/page.ts';

const brand = brandSchema.parse({});
const render = (...blocks: PageBlock[]): string =>
  renderPage({ title: 'A page', lead: 'It says so.', blocks }, brand).replace(/<style>.*<\/style>/s, '');

describe('a page', () => {
  it('has a comma and a space between its links', () => {
    const html = render({
      kind: 'links',
      text: 'Lists:',
      links: [
        ['accounts', 'accounts.csv'],
        ['keys', 'keys.csv'],
      ],
    });
    expect(html.replaceAll(/<[^>]+>/g, '')).toContain('Lists: accounts, keys.');
  });

  it('is wide if it has a table, and its numbers are to the right in head and rows', () => {
    expect(render()).not.toContain('k-wide');
    const rows = [[{ text: 'deploy-bot' }, { text: '90 d', as: 'alarm' as const }]];
    const html = render({ kind: 'table', title: 'Keys', columns: ['User', 'Age'], rows });
    expect(html).toContain('class="k-card k-wide"');
    expect(html).toContain('<th scope="col" class="k-column k-number">Age</th>');
    expect(html).toContain('<td class="k-cell k-number k-alarm">90 d</td>');
  });

  it('keeps the words of others harmless in every block that only pages have', () => {
    const said = '"><script>alert(1)</script>\u202E';
    const cell = { text: said, under: { text: said, url: said } };
    const frame = { heading: said, isAside: true, isRefused: true };
    const html = render(
      { kind: 'links', text: said, links: [[said, said]] },
      { kind: 'figures', figures: [{ value: said, what: said, isAlarm: true }] },
      { kind: 'table', title: said, note: said, columns: [said], rows: [[cell]] },
      { ...frame, kind: 'closedForm', text: said, problem: { id: 'days', text: said } },
      {
        ...frame,
        kind: 'form',
        effect: said,
        hidden: [[said, said]],
        fields: [
          {
            id: 'a',
            name: 'a',
            label: said,
            hint: said,
            problem: said,
            input: 'choice',
            options: [[said, said]],
          },
          {
            ...{ id: 'b', name: 'b', label: said, hint: said },
            input: 'sentence',
            isOptional: false,
            shortest: 3,
            longest: 9,
            value: said,
          },
        ],
        button: { label: said, standing: 'expected' },
      },
    );
    expect(html).not.toMatch(/<script|\u202E/);
    expect(html.match(/alert\(1\)/g)).toHaveLength(28);
  });
});
