import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allStates, diagram, partDiagram, pictures, table, withGenerated } from '../../docs/diagram.ts';
import { readMachine } from '../../local/story/machine-graph.ts';
import { watchedPromises } from '../../local/watcher/watched.ts';
import * as errors from '../../tasks/domain/errors.ts';
import { defaultPolicy, makePolicy, type Policy, policyFromTags } from '../../tasks/domain/policy.ts';
import { anchorOf } from '../../tasks/domain/runbook.ts';
import { decisionSchema } from '../../tasks/domain/sweeps/row.ts';
import { sectionOf, sections } from '../../tasks/messages/runbook.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

const runbook = read('docs/runbook.md');
const aslText = read('statemachines/rotate-user-key.asl.json');
const machine = readMachine(aslText);

/** The text under a `## ` heading, up to the next. */
function section(title: string): string {
  const found = `\n${runbook}`.split('\n## ').find((part) => part.startsWith(`${title}\n`));
  if (found === undefined) throw new Error(`the runbook has no section ${title}`);
  return found;
}

/** The parts under `### ` headings of a section, by heading. */
const partsOf = (title: string): Map<string, string> =>
  new Map(
    section(title)
      .split('\n### ')
      .slice(1)
      .map((part) => [part.split('\n', 1)[0] ?? '', part]),
  );

describe('the runbook', () => {
  const byName = partsOf('Errors');
  const foreign = "AWS's own names";

  it('has a heading for every error that there is, and for no other', () => {
    const named = [...aslText.matchAll(/"Error": "(\w+)"/g)].map(([, name]) => name ?? '');
    expect(named).toContain('UnknownDecision');
    const known = Object.values(errors).map((Kind) => new Kind('').name);
    const all = new Set([...known, ...named, foreign]);
    expect([...byName.keys()].toSorted()).toEqual([...all].toSorted());
  });

  it('has a heading for every section that a mail links to', () => {
    const headings = [...runbook.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
    expect(headings).toEqual(expect.arrayContaining(Object.values(sections)));
    // An error and an end of the same name: the link leads to the first, which is the end.
    const anchors = headings.map(anchorOf);
    const twice = anchors.filter((anchor, index) => anchors.indexOf(anchor) !== index);
    expect(twice.toSorted()).toEqual(['changedelsewhere', 'deletionrefused']);
    for (const Kind of Object.values(errors)) expect(headings).toContain(sectionOf(new Kind('').name));
    expect(sectionOf('ThrottlingException')).toBe("AWS's own names");
  });

  it('has a row for every decision that the sweep’s report knows', () => {
    const cells = [...section('Sweeps').matchAll(/^\| ((?:`\w+`(?:, )?)+) \|/gm)].map(
      ([, cell = '']) => cell,
    );
    const named = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name));
    expect(named).toEqual(expect.arrayContaining(decisionSchema.options));
  });

  it('has a heading for every way in which a rotation can end well, under its own name', () => {
    const outcomes = [...aslText.matchAll(/"outcome": "(\w+)"/g)].map(([, name]) => name ?? '');
    expect([...partsOf('How a rotation ends').keys()].toSorted()).toEqual(
      [...new Set(outcomes), 'Failed, stopped or timed out'].toSorted(),
    );
  });

  it.each([...byName, ...partsOf('Escalations'), ...partsOf('Alarms')])(
    '%s is described, investigated and resolved',
    (_, text) => {
      const labels = [...text.matchAll(/^\*\*(\w+)\.\*\*/gm)].map(([, label]) => label);
      expect(labels).toEqual(['Description', 'Investigation', 'Resolution']);
    },
  );
});

describe('the promise', () => {
  it('names the promises that the watcher checks', () => {
    expect(read('docs/promise.md')).toContain(`check ${watchedPromises} after every AWS call`);
  });
});

describe('the table of policy tags', () => {
  const rows = [
    ...section('Per-user policy tags').matchAll(/^\| `(keyturn:[\w-]+)` \|([^|]*)\|([^|]*)\|([^|]*)\|$/gm),
  ].map(([, tag = '', , standard = '', bounds = '']) => ({
    tag,
    standard: standard.trim(),
    bounds: bounds.trim(),
  }));

  /** The policy under that tag alone; the two values that limit each other are set so that they don't. */
  function policyWith(tag: string, value: string): Policy {
    const far = { from: 'test', values: { quietDays: 1, drainDays: 40 } };
    return makePolicy([far, { from: 'test', values: policyFromTags(new Map([[tag, value]])) }]);
  }

  const nameOf = (tag: string): string =>
    Object.keys(policyFromTags(new Map([[tag, '1']])))[0] ?? `${tag} sets nothing`;

  it('names every tag', () => {
    expect(rows.map(({ tag }) => nameOf(tag)).toSorted()).toEqual(Object.keys(defaultPolicy).toSorted());
  });

  it.each(rows)('$tag: its default', ({ tag, standard }) => {
    const defaults = new Map(Object.entries(defaultPolicy));
    expect(standard.replaceAll('`', '')).toBe(String(defaults.get(nameOf(tag))));
  });

  it.each(rows.filter(({ bounds }) => !bounds.includes('`')))('$tag: its bounds', ({ tag, bounds }) => {
    const [, least, most] = (/^(\d+) to (\d+)$/.exec(bounds) ?? []).map(Number);
    if (least === undefined || most === undefined) throw new Error(`${bounds} are no bounds`);
    for (const allowed of [least, most])
      expect(policyWith(tag, String(allowed))).toMatchObject({ [nameOf(tag)]: allowed });
    for (const refused of [least - 1, most + 1]) {
      expect(() => policyWith(tag, String(refused))).toThrow(errors.PolicyOutOfBounds);
    }
  });

  it.each(rows.filter(({ bounds }) => bounds.includes('`')))('$tag: its words', ({ tag, bounds }) => {
    const words = [...bounds.matchAll(/`(\w+)`/g)].map(([, word]) => word ?? '');
    for (const word of words) expect(policyWith(tag, word)).toMatchObject({ [nameOf(tag)]: word });
    expect(() => policyWith(tag, 'perhaps')).toThrow(`allowed is "${words.join('" or "')}"`);
  });
});

describe('the picture of a machine', () => {
  const rotation = read('docs/rotation.md');
  const parts = pictures.find(({ document }) => document === 'rotation.md')?.parts ?? [];

  it.each(pictures)('$document is what the generator makes of $machine as it is now', (picture) => {
    const document = read(`docs/${picture.document}`);
    const drawn = readMachine(read(`statemachines/${picture.machine}.asl.json`));
    expect(withGenerated(document, drawn, picture.parts), 'run npm run diagram').toBe(document);
    for (const [name] of allStates(drawn)) expect(document).toContain(`| \`${name}\` |`);
  });

  it('draws what a Map runs for each item in a box of its name', () => {
    const sweep = readMachine(read('statemachines/sweep-organization.asl.json'));
    expect(diagram(sweep)).toMatch(/state SurveyAccounts \{\n +\[\*\] --> SurveyAccount\n[^}]+\n +\}/);
  });

  it('changes with the machine', () => {
    const { Assess, ...States } = machine.States;
    if (Assess === undefined) throw new Error('the machine has no state Assess');
    const other = { ...machine, States: { Assess: { ...Assess, Comment: 'Another why.' }, ...States } };
    expect(withGenerated(rotation, other, parts)).not.toBe(rotation);
  });

  it('shows every task and end except those of failures, and lists every state', () => {
    const shown = Object.entries(machine.States).filter(([, { Type }]) => ['Task', 'Succeed'].includes(Type));
    const picture = parts.map((part) => partDiagram(machine, part, parts)).join('\n');
    const missing = shown.map(([name]) => name).filter((name) => !new RegExp(`\\b${name}\\b`).test(picture));
    expect(missing).toEqual(['MakeSafe', 'TellStuck', 'TellInactive', 'TellFailure']);
    for (const name of Object.keys(machine.States)) expect(table(machine)).toContain(`| \`${name}\` |`);
  });

  it('has every arrow of the whole machine in one of its parts, and in no other', () => {
    const arrows = (picture: string): string[] => picture.split('\n').filter((line) => line.includes('-->'));
    const drawn = parts.flatMap((part) => arrows(partDiagram(machine, part, parts)));
    expect(drawn.toSorted()).toEqual(arrows(diagram(machine)).toSorted());
  });

  it('refuses a part that begins at no state', () => {
    const part = { title: 'Nowhere', from: 'Nowhere' };
    expect(() => partDiagram(machine, part, [part])).toThrow('the machine has no state Nowhere');
  });

  it('refuses a condition that it has no words for', () => {
    const odd = aslText.replace("$claim.act = 'proceed'", '$sum($claim) > 1');
    expect(() => diagram(readMachine(odd))).toThrow('no wording for the condition $sum($claim) > 1');
  });

  it('refuses a document without its markers', () => {
    expect(() => withGenerated('# Nothing', machine)).toThrow('markers of the generated diagram');
  });
});
