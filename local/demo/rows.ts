import type { Line, Tone } from '../story/step.ts';
import type { Casting } from './cast.ts';
import { gap, layRow } from './layout.ts';
import { paintOf, type ScreenStyle, whoOf } from './render.ts';

/** The stages of a rotation, as the bar of a row shows them. */
const stages = ['assess', 'provision', 'ask', 'drain', 'deactivate', 'window', 'delete'] as const;
type Stage = (typeof stages)[number];

/** By the step that shows that a rotation is in the stage. */
const stageOf: Readonly<Record<string, Stage>> = {
  Start: 'assess',
  'Take over': 'assess',
  Assess: 'assess',
  Provision: 'provision',
  'Ask the owner': 'ask',
  'More time': 'ask',
  'Mail came back': 'ask',
  Reactivate: 'ask',
  Drain: 'drain',
  Withdraw: 'drain',
  Deactivate: 'deactivate',
  'Rollback window': 'window',
  Delete: 'delete',
};

/** Steps beside the rotation: it is where it was. */
const besides = new Set(['Mail', 'Mail scanner', 'Owner', 'Answer', 'Promote']);

interface Row {
  readonly who: string;
  readonly reached: number;
  readonly stage: string;
  readonly note: string;
  readonly tone: Tone;
}

/** Where each rotation is now: a row with its stages as a bar, and what it waits for. */
export class Rows {
  readonly #rows: Map<string, Row>;

  constructor(
    parts: readonly Casting[],
    private readonly look: ScreenStyle,
  ) {
    this.#rows = new Map(
      parts.map((part) => {
        const who = whoOf(part);
        return [who, { who, reached: 0, stage: '', note: part.persona.story, tone: 'mail' }];
      }),
    );
  }

  hear({ who, stage, why, tone }: Line): void {
    const row = this.#rows.get(who);
    if (row === undefined || besides.has(stage)) return;
    const now = stageOf[stage] ?? (stage.startsWith('Reminder') ? 'ask' : undefined);
    const reached = now === undefined ? row.reached : stages.indexOf(now) + 1;
    // A key that is being withdrawn goes through the same stages as one that was replaced.
    const isBack = row.tone === 'back' && tone === 'step' && reached > row.reached;
    this.#rows.set(who, { who, reached, stage, note: gist(why), tone: isBack ? 'back' : tone });
  }

  render(): string[] {
    const { colors, width } = this.look;
    const rows = [...this.#rows.values()];
    const columns = [
      { width: Math.max(...rows.map(({ who }) => who.length)) },
      { width: stages.length * 2 },
      { width: 'Rollback window'.length },
      { width: 0 },
    ];
    const room = width - columns.reduce((sum, column) => sum + column.width + gap.length, gap.length);
    const legend = `${gap}${colors.dim(`${stages.join(' › ')}`)}`;
    const body = rows.map(({ who, reached, stage, note, tone }) => {
      const paint = paintOf(this.look, tone);
      const bar = '━'.repeat(reached * 2) + '─'.repeat((stages.length - reached) * 2);
      const paints = [
        colors.bold,
        (text: string) => paint(text.slice(0, reached * 2)) + colors.dim(text.slice(reached * 2)),
        paint,
        stage === '' ? colors.dim : (text: string) => text,
      ];
      const cells = [[who], [bar], [stage], [cut(note, room)]];
      const [line = ''] = layRow(columns, cells, (text, column) => paints[column]?.(text) ?? text);
      return `${gap}${line}`;
    });
    return [legend, ...body];
  }
}

/** The end of a step's text: what is to come, or what it comes to. Of a check that is repeated daily, what it saw. */
function gist(why: string): string {
  const { seen } = /^(?<seen>.*?)(?:, [\d.]+ days ago)?; next look /.exec(why)?.groups ?? {};
  return seen ?? /(?:; |\? |, (?=until ))(?<end>[^;?]+)$/.exec(why)?.groups?.end ?? why;
}

/** A text on one line of at most that many characters. */
const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1)).trimEnd()}…`;
