import { raw } from 'hono/html';
import { type Markup, markup } from '../../tasks/presentation/html.ts';

/** Rows on a page: as many as keep it small and quick. */
const perPage = 25;
const longestSearch = 200;

/** What a list's address asks for. */
export interface ListRequest {
  readonly path: string;
  /** The text of the search. */
  readonly q: string;
  readonly words: readonly string[];
  readonly page: number;
  /** Filters by their names. */
  readonly filters: Readonly<Record<string, string>>;
}

/** @param names of the filters that the list has */
export function askedOf(url: string, names: readonly string[]): ListRequest {
  const { pathname, searchParams } = new URL(url);
  const q = (searchParams.get('q') ?? '').slice(0, longestSearch);
  const page = Math.max(1, Math.trunc(Number(searchParams.get('page') ?? 1)) || 1);
  const filters = Object.fromEntries(names.map((name) => [name, searchParams.get(name) ?? '']));
  return {
    path: pathname,
    q,
    words: q
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== ''),
    page,
    filters,
  };
}

/** One page of a list, and the way to the others. */
export function paged<Row>(
  rows: readonly Row[],
  asked: ListRequest,
): { readonly rows: readonly Row[]; readonly pager: Markup } {
  const pages = Math.max(1, Math.ceil(rows.length / perPage));
  const page = Math.min(asked.page, pages);
  const from = (page - 1) * perPage;
  const shown = rows.slice(from, from + perPage);
  const link = (to: number, says: string, rel: string) =>
    to < 1 || to > pages
      ? ''
      : markup`<a class="c-b" rel="${rel}" href="${addressOf(asked, to)}">${says}</a>`;
  const range =
    rows.length === 0
      ? 'None'
      : `${from + 1} to ${from + shown.length} of ${rows.length.toLocaleString('en')}`;
  const pager = markup`<nav class="c-pager" aria-label="Pages">${link(page - 1, 'Previous', 'prev')}<span class="c-muted">${range}</span>${link(page + 1, 'Next', 'next')}</nav>`;
  return { rows: shown, pager };
}

function addressOf({ path, q, filters }: ListRequest, page: number): string {
  const given = Object.entries({ q, ...filters, page: String(page) }).filter(([, value]) => value !== '');
  return `${path}?${new URLSearchParams(given)}`;
}

/** A filter: its name, its label, and its values with their labels. */
export type Choice = readonly [
  name: string,
  label: string,
  values: readonly (readonly [value: string, says: string])[],
];

/** The form above a list. @param finds what the search looks at */
export function finder({ path, q, filters }: ListRequest, finds: string, choices: readonly Choice[]): Markup {
  const selects = choices.map(([name, label, values]) => {
    const options = values.map(
      ([value, says]) =>
        markup`<option value="${value}"${filters[name] === value ? raw(' selected') : ''}>${says}</option>`,
    );
    return markup`<div><label for="${name}">${label}</label><select class="c-in" id="${name}" name="${name}"><option value="">all</option>${options}</select></div>`;
  });
  return markup`<form class="c-find" method="get" action="${path}" role="search"><div><label for="q">Search: ${finds}</label><input class="c-in" type="search" id="q" name="q" value="${q}"></div>${selects}<button class="c-b">Show</button></form>`;
}
