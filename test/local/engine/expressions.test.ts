import fc from 'fast-check';
import jsonata from 'jsonata';
import { describe, expect, test } from 'vitest';
import { compileTemplate, type EvaluationScope, evaluate } from '../../../local/engine/expressions.ts';

const now = new Date('2026-03-04T05:06:07.000Z');
const scope = (variables: Record<string, unknown>, input: unknown = {}): EvaluationScope => ({
  states: { input },
  variables,
  now: () => now,
});
const value = (source: unknown, variables: Record<string, unknown> = {}, input?: unknown) =>
  evaluate(compileTemplate(source, 'Output'), scope(variables, input));

describe('a template', () => {
  test('evaluates expressions anywhere inside, and leaves other text unchanged', async () => {
    const template = { a: ['{% $x %}', { b: '{% $x + 1 %}' }], c: 'x {% $x %}', d: null };
    expect(await value(template, { x: 1 })).toEqual({ a: [1, { b: 2 }], c: 'x {% $x %}', d: null });
  });

  test('reads the virtual clock', async () => {
    expect(await value('{% $now() %}')).toBe('2026-03-04T05:06:07.000Z');
    expect(await value('{% $millis() %}')).toBe(now.getTime());
    expect(await value("{% $now('[Y]-[M01]') %}")).toBe('2026-03');
  });

  test('has $parse, and none of the functions that are random or unknown to Step Functions', async () => {
    expect(await value(`{% $parse('{"a":[1]}').a %}`)).toEqual([1]);
    for (const name of ['random', 'shuffle', 'eval', 'uuid', 'hash', 'partition', 'range']) {
      await expect(value(`{% $${name}('1') %}`)).rejects.toThrow('T1006');
    }
  });

  test('fails, naming field and expression, if the result is undefined', async () => {
    const failing = value({ keys: [1, '{% $states.input.missing %}'] });
    await expect(failing).rejects.toMatchObject({
      error: 'States.QueryEvaluationError',
      location: 'Output/keys[1]',
      cause:
        "The JSONata expression '$states.input.missing' specified for the field 'Output/keys[1]' returned nothing (undefined).",
    });
  });

  test('fails if an expression throws or returns a function', async () => {
    await expect(value("{% 'a' + 1 %}")).rejects.toThrow('threw an error during evaluation. T2001');
    await expect(value('{% $sum %}')).rejects.toThrow('function');
    await expect(value('{% {"f": $sum} %}')).rejects.toThrow('function');
  });

  test('accepts null as a value', async () => {
    expect(await value('{% $states.input.a %}', {}, { a: null })).toBeNull();
  });

  test('answers plain paths exactly as JSONata does', async () => {
    const key = fc.constantFrom('a', 'b', 'c');
    const tree = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<unknown>(null, 0, '', false, 'x', 7),
        fc.dictionary(key, tie('node'), { noNullPrototype: true }),
        fc.array(tie('node'), { maxLength: 3 }),
      ),
    })).node;
    await fc.assert(
      fc.asyncProperty(tree, fc.array(key, { maxLength: 4 }), async (root, steps) => {
        const source = ['$root', ...steps].join('.');
        const expected: unknown = await jsonata(source).evaluate(undefined, { root });
        const actual = await value(`{% ${source} %}`, { root }).catch(() => undefined);
        expect(JSON.stringify(actual)).toBe(JSON.stringify(expected));
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});
