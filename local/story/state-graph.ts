import { edgesToShown, isShown, type MachineDefinition, reachable, stateOf } from './machine-graph.ts';
import { inWords } from './story.ts';
import { escaped } from './svg-text.ts';

/** How a rotation went through its machine. */
export interface Taken {
  /** The states that it entered, in order, each as often as it was entered. */
  readonly states: readonly string[];
  readonly isOver: boolean;
}

interface Way {
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

/** A machine without its failures: what leads where. */
interface Expected {
  readonly shown: readonly string[];
  readonly ways: readonly Way[];
}

const row = 62;
const box = { left: 130, width: 236, height: 36 };
const asides = { left: 400, gap: 10 };
const width = 980;
const middle = box.left + box.width / 2;
const characterWidth = 6.9;

/** The colours are the page's. */
export const stateGraphStyle = [
  '.g-s rect{fill:var(--surface);stroke:var(--edge)}.g-s text{fill:var(--muted)}.g-s.g-q rect{stroke-dasharray:5 3}.g-s.g-e rect{stroke-width:2}',
  '.g-s.g-on rect{stroke:var(--accent);stroke-width:2;fill:var(--busybg)}.g-s.g-on text{fill:var(--ink);font-weight:600}.g-s.g-here rect{fill:var(--accent)}.g-s.g-here text{fill:var(--surface)}',
  '.g-w path{fill:none;stroke:var(--edge);stroke-width:1.5}.g-w text{fill:var(--muted)}.g-w.g-on path{stroke:var(--accent);stroke-width:2.5}.g-aside path{stroke-dasharray:2 4}.g-aside rect{fill:none;stroke:var(--line)}.g-aside text{fill:var(--muted)}',
  '.c-graph{overflow:auto;max-height:70vh}.c-graph text{font-size:13px}.g-s text,.g-aside text{text-anchor:middle}.g-times{text-anchor:end}',
].join('');

/**
 * The states on the way of a rotation, down to where it is or ended, and from there the shortest way to its
 * completion; at their side, where each of them could have led instead. Not the whole machine, which nobody could read:
 * that is in the documents.
 */
export function stateGraph(machine: MachineDefinition, { states, isOver }: Taken): string {
  const expected = expectedOf(machine);
  const known = states.filter((name) => Object.hasOwn(machine.States, name));
  const path = known.filter((name) => expected.shown.includes(name) || !isBetween(name, machine));
  const here = path.at(-1);
  const ahead = isOver || here === undefined ? [] : shortest(expected, here, 'Completed');
  const spine = [...new Set([...path, ...ahead])];
  const steps = countSteps(path);
  const height = spine.length * row + 4;
  const rows = spine.map((name, index) =>
    drawNode(machine, name, {
      y: index * row + 2,
      isOn: path.includes(name),
      isHere: !isOver && name === here,
    }),
  );
  const down = spine
    .slice(1)
    .map((to, index) => drawDown(expected, { from: spine[index] ?? '', to, y: index * row + 2, steps }));
  const jumps = [...steps].map(([ends, times], index) => drawJump(spine, { ends, times, index }));
  const others = spine.map((name, index) => drawAsides(expected, { name, spine, y: index * row + 2 }));
  return `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(`The way through the state machine: ${path.map(inWords).join(', ')}`.slice(0, 900))}"><defs><marker id="g-end" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" markerUnits="userSpaceOnUse" orient="auto"><path fill="context-stroke" d="M0 0L10 5L0 10z"/></marker></defs>${[...down, ...jumps, ...others, ...rows].join('')}</svg>`;
}

const isBetween = (name: string, machine: MachineDefinition): boolean =>
  ['Choice', 'Pass', 'Wait'].includes(stateOf(machine, name).Type);

const expectations = new WeakMap<MachineDefinition, Expected>();

function expectedOf(machine: MachineDefinition): Expected {
  const known = expectations.get(machine);
  if (known !== undefined) return known;
  const reached = reachable(machine);
  const shown = reached.filter((name) => isShown(name, machine, reached));
  const ways = shown.flatMap((from) =>
    edgesToShown(from, machine, shown).map(({ to, label }) => ({ from, to, label })),
  );
  const made = { shown, ways };
  expectations.set(machine, made);
  return made;
}

/** The states after `from`, up to and including `to`; none if there is no way. */
function shortest({ ways }: Expected, from: string, to: string): string[] {
  const before = new Map<string, string>([[from, '']]);
  for (const name of before.keys())
    for (const way of ways) if (way.from === name && !before.has(way.to)) before.set(way.to, name);
  const found: string[] = [];
  for (let name = before.has(to) ? to : from; name !== from; name = before.get(name) ?? from)
    found.unshift(name);
  return found;
}

/** How often each transition was taken: "A B". */
function countSteps(path: readonly string[]): ReadonlyMap<string, number> {
  const steps = new Map<string, number>();
  for (const [index, to] of path.slice(1).entries()) {
    const ends = `${path[index]} ${to}`;
    steps.set(ends, (steps.get(ends) ?? 0) + 1);
  }
  return steps;
}

const labelOf = ({ ways }: Expected, from: string, to: string): string =>
  [...new Set(ways.filter((way) => way.from === from && way.to === to).map(({ label }) => label))]
    .filter((label) => label !== '' && label !== 'else')
    .join(' / ');

function drawNode(
  machine: MachineDefinition,
  name: string,
  { y, isOn, isHere }: { readonly y: number; readonly isOn: boolean; readonly isHere: boolean },
): string {
  const { Type } = stateOf(machine, name);
  const kind = Type === 'Choice' ? ' g-q' : Type === 'Succeed' || Type === 'Fail' ? ' g-e' : '';
  const look = `g-s${kind}${isOn ? ' g-on' : ''}${isHere ? ' g-here' : ''}`;
  const title = Type === 'Choice' ? `${inWords(name)}?` : inWords(name);
  return `<g class="${look}"><rect x="${box.left}" y="${y}" width="${box.width}" height="${box.height}" rx="6"/><text x="${middle}" y="${y + 23}">${escaped(title)}</text></g>`;
}

/** From a box to the one below it. */
function drawDown(
  expected: Expected,
  {
    from,
    to,
    y,
    steps,
  }: {
    readonly from: string;
    readonly to: string;
    readonly y: number;
    readonly steps: ReadonlyMap<string, number>;
  },
): string {
  const times = steps.get(`${from} ${to}`) ?? 0;
  if (times === 0 && !expected.ways.some((way) => way.from === from && way.to === to)) return '';
  const label = [shortened(labelOf(expected, from, to), 40), times > 1 ? `${times} times` : '']
    .filter((part) => part !== '')
    .join(', ');
  return `<g class="g-w${times > 0 ? ' g-on' : ''}"><path d="M${middle} ${y + box.height}V${y + row - 1}" marker-end="url(#g-end)"/><text x="${middle + 10}" y="${y + box.height + 17}">${escaped(label)}</text></g>`;
}

/** A transition that was taken to a box which isn't the next one. */
function drawJump(
  spine: readonly string[],
  { ends, times, index }: { readonly ends: string; readonly times: number; readonly index: number },
): string {
  const [from = '', to = ''] = ends.split(' ');
  const [start, end] = [spine.indexOf(from), spine.indexOf(to)];
  if (start === -1 || end === -1 || end === start + 1) return '';
  const [y, goal] = [start * row + 20 + (end < start ? -6 : 8), end * row + 20 + (end < start ? 8 : -6)];
  const x = Math.max(66, box.left - 16 - Math.abs(end - start) * 8 - (index % 3) * 6);
  const count =
    times > 1
      ? `<text class="g-times" x="${x - 6}" y="${Math.round((y + goal) / 2) + 4}">${times} times</text>`
      : '';
  return `<g class="g-w g-on"><path d="M${box.left} ${y}H${x}V${goal}H${box.left - 1}" marker-end="url(#g-end)"/>${count}</g>`;
}

/** Where a state could have led instead, as far as there is room. */
function drawAsides(
  expected: Expected,
  { name, spine, y }: { readonly name: string; readonly spine: readonly string[]; readonly y: number },
): string {
  const targets = [...new Set(expected.ways.filter(({ from }) => from === name).map(({ to }) => to))];
  const texts = targets
    .filter((to) => !spine.includes(to))
    .map((to) => {
      const label = shortened(labelOf(expected, name, to), 26);
      return `${label === '' ? '' : `${label}: `}${inWords(to)}`;
    });
  let x = asides.left;
  const boxes: string[] = [];
  for (const text of texts) {
    const wide = text.length * characterWidth + 20;
    if (x + wide > width) break;
    boxes.push(
      `<rect x="${x}" y="${y + 5}" width="${Math.round(wide)}" height="26" rx="6"/><text x="${Math.round(x + wide / 2)}" y="${y + 22}">${escaped(text)}</text>`,
    );
    x += Math.round(wide) + asides.gap;
  }
  if (boxes.length === 0) return '';
  return `<g class="g-w g-aside"><path d="M${box.left + box.width} ${y + 18}H${asides.left}"/>${boxes.join('')}</g>`;
}

const shortened = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;
