import { shortKeyId } from '../../tasks/domain/keys.ts';
import { day, hour } from '../../tasks/domain/time.ts';
import { showMoment } from './show.ts';
import { escaped } from './svg-text.ts';

/** A stretch of time; open if it lasts. */
interface Span {
  readonly from: Date;
  readonly until: Date | undefined;
}

/** What became of an access key. */
export interface KeyLife {
  readonly id: string;
  readonly createdAt: Date;
  readonly deletedAt: Date | undefined;
  readonly active: readonly Span[];
  /** When the secret's current version held it. */
  readonly current: readonly Span[];
  /** When its application signed with it. */
  readonly used: readonly Span[];
  readonly lastUsedAt: Date | undefined;
}

const width = 880;
const left = 176;
const right = 16;
const top = 34;
const rowHeight = 58;

/** @param colour by what it is for */
const style = (
  colour: (name: 'ink' | 'muted' | 'line' | 'active' | 'inactive' | 'current' | 'used') => string,
): string =>
  [
    `.l-life text{fill:${colour('ink')};font:13px system-ui,'Segoe UI','DejaVu Sans',sans-serif}.l-life .l-small{fill:${colour('muted')}}`,
    `.l-grid{stroke:${colour('line')}}.l-active{fill:${colour('active')}}.l-inactive{fill:none;stroke:${colour('inactive')};stroke-width:1.5;stroke-dasharray:4 3}`,
    `.l-current{fill:${colour('current')}}.l-used{fill:${colour('used')}}.l-end{stroke:${colour('ink')};stroke-width:2}`,
  ].join('');

const light = {
  ink: '#1c2127',
  muted: '#56616c',
  line: '#dde2e7',
  active: '#1a6b3c',
  inactive: '#56616c',
  current: '#b25e00',
  used: '#0b57a4',
};
const dark = {
  ink: '#e6e9ec',
  muted: '#a7b1bb',
  line: '#343c45',
  active: '#4fae78',
  inactive: '#a7b1bb',
  current: '#ffb84d',
  used: '#7db6f0',
};

/** The picture's rules, for a page or inside of a file. */
export const keyPictureStyle = `${style((name) => light[name])}@media (prefers-color-scheme:dark){${style((name) => dark[name])}}`;

/** The keys of a user over time, a row for each: when it was active, whose version was current, and when it was used. */
export function keyPicture(lives: readonly KeyLife[], now: Date): string {
  const begin = beginOf(lives, now);
  const scale = (at: Date): number =>
    left + ((clamp(at, begin, now) - begin) / Math.max(1, now.getTime() - begin)) * (width - left - right);
  const height = top + lives.length * rowHeight + 34;
  const rows = lives.map((life, index) => row(life, top + index * rowHeight, { scale, begin, now }));
  const label = lives.map((life) => lifeInWords(life)).join(' ');
  return `<svg class="l-life" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(label)}">${grid(begin, now, { scale, height })}${rows.join('')}${legend(height - 14)}</svg>`;
}

/** "AKIA… was created on 2 Mar 08:00 and deleted on 5 Apr 09:10." */
export function lifeInWords({ id, createdAt, deletedAt, active, current }: KeyLife): string {
  const end = active.at(-1)?.until;
  const state =
    deletedAt !== undefined
      ? `deleted on ${showMoment(deletedAt)}`
      : end === undefined && active.length > 0
        ? 'is active'
        : end === undefined
          ? 'is inactive'
          : `is inactive since ${showMoment(end)}`;
  const isCurrent = current.at(-1)?.until === undefined && current.length > 0;
  return `${shortKeyId(id)} was created on ${showMoment(createdAt)} and ${state}${isCurrent ? '; it is AWSCURRENT' : ''}.`;
}

interface Axis {
  readonly scale: (at: Date) => number;
  readonly begin: number;
  readonly now: Date;
}

const clamp = (at: Date, begin: number, now: Date): number =>
  Math.min(Math.max(at.getTime(), begin), now.getTime());

/** A few days before the first change that is worth looking at, so that the years before don't squeeze it. */
function beginOf(lives: readonly KeyLife[], now: Date): number {
  const changes = lives.flatMap(({ createdAt, deletedAt, active, current }, index) => [
    ...(index === 0 ? [] : [createdAt]),
    ...(deletedAt === undefined ? [] : [deletedAt]),
    ...active.flatMap(({ until }) => until ?? []),
    ...current.map(({ from }) => from),
  ]);
  const recent = Math.min(...changes.map((at) => at.getTime()), now.getTime() - 7 * day);
  const span = now.getTime() - recent;
  const first = Math.min(...lives.map(({ createdAt }) => createdAt.getTime()));
  return Math.max(recent - span * 0.2, Number.isFinite(first) ? first - span * 0.02 : recent);
}

function grid(begin: number, now: Date, { scale, height }: { scale: Axis['scale']; height: number }): string {
  const days = (now.getTime() - begin) / day;
  const step = [1, 2, 7, 14, 30, 60, 90, 180, 365].find((each) => days / each <= 9) ?? 730;
  const ticks: string[] = [];
  for (let at = Math.ceil(begin / day) * day; at < now.getTime() - step * day * 0.4; at += step * day) {
    const x = Math.round(scale(new Date(at)));
    const text = showMoment(new Date(at)).replace(/ \d\d:\d\d$/, '');
    ticks.push(
      `<path class="l-grid" d="M${x} 22V${height - 34}"/><text class="l-small" text-anchor="middle" x="${x}" y="14">${text}</text>`,
    );
  }
  return `${ticks.join('')}<path class="l-grid" d="M${width - right} 22V${height - 34}"/><text text-anchor="end" x="${width - right}" y="14">now</text>`;
}

function row(life: KeyLife, y: number, { scale, begin, now }: Axis): string {
  const bar = (look: string, { from, until }: Span, at: number, thick: number): string => {
    const [x, end] = [scale(from), scale(until ?? now)];
    return end - x < 0.5 && (until?.getTime() ?? now.getTime()) <= begin
      ? ''
      : `<rect class="${look}" x="${x.toFixed(1)}" y="${y + at}" width="${Math.max(1.5, end - x).toFixed(1)}" height="${thick}" rx="2"/>`;
  };
  const { id, createdAt, deletedAt, active, current, used } = life;
  const existed: Span = { from: createdAt, until: deletedAt };
  const end = deletedAt === undefined ? '' : cross(scale(deletedAt), y + 21);
  const since = createdAt.getTime() < begin ? `created ${showMoment(createdAt)}` : '';
  return [
    `<g><title>${escaped(lifeInWords(life))}</title>`,
    `<text x="0" y="${y + 20}">${shortKeyId(id)}</text><text class="l-small" x="0" y="${y + 37}">${since}</text>`,
    bar('l-inactive', existed, 14, 14),
    ...active.map((span) => bar('l-active', span, 14, 14)),
    ...current.filter(lasts).map((span) => bar('l-current', span, 31, 5)),
    ...used.map((span) => bar('l-used', { from: span.from, until: earliest(span.until, deletedAt) }, 6, 5)),
    `${end}</g>`,
  ].join('');
}

/** A secret that is only being set up holds the old key for a moment. */
const lasts = ({ from, until }: Span): boolean =>
  until === undefined || until.getTime() - from.getTime() > hour;

const earliest = (a: Date | undefined, b: Date | undefined): Date | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a;

const cross = (x: number, y: number): string =>
  `<path class="l-end" d="M${x - 5} ${y - 5}l10 10m0 -10l-10 10"/>`;

function legend(y: number): string {
  const items = [
    ['l-used', 'its application uses it'],
    ['l-active', 'active'],
    ['l-inactive', 'inactive'],
    ['l-current', 'the secret’s AWSCURRENT'],
  ] as const;
  let x = 0;
  const drawn = items.map(([look, text]) => {
    const item = `<rect class="${look}" x="${x}" y="${y - 8}" width="18" height="8" rx="2"/><text class="l-small" x="${x + 24}" y="${y}">${text}</text>`;
    x += 44 + text.length * 7;
    return item;
  });
  return `${drawn.join('')}<path class="l-end" d="M${x + 3} ${y - 9}l8 8m0 -8l-8 8"/><text class="l-small" x="${x + 22}" y="${y}">deleted</text>`;
}
