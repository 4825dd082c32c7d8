import { describe, expect, it } from 'vitest';
import { readOrigin, writeOrigin } from '../../../tasks/domain/asking/mail-origin.ts';
import { mostTogether } from '../../../tasks/domain/asking/together.ts';
import { executionArn, executionOf } from '../../tasks/ids.ts';

const origin = { executionArn, mail: 'severalKeys', question: { stage: 'ask', round: 1 } } as const;

describe('the tags of a mail about several users', () => {
  it.each([
    ['short', 'deploy-bot'],
    ['as long as Step Functions allows', 'x'.repeat(74)],
  ])('name each execution, if the names are %s', (_, name) => {
    const also = Array.from({ length: mostTogether - 1 }, (__, index) =>
      executionOf(`${name}-${index + 10}-1`),
    );
    const tags = writeOrigin({ ...origin, also });
    expect(readOrigin(tags)).toEqual({ ...origin, also });
    expect(Object.keys(tags).length).toBeLessThanOrEqual(13);
    for (const value of Object.values(tags)) expect(value).toMatch(/^[\w-]{1,256}$/);
  });

  it('are those of any other mail if it is about one user', () => {
    expect(writeOrigin({ ...origin, also: [] })).toEqual(writeOrigin(origin));
    expect(readOrigin(writeOrigin(origin))).toEqual(origin);
  });
});
