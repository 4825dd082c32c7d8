import { describe, expect, it } from 'vitest';
import { executionName } from '../../../tasks/domain/execution-name.ts';
import {
  placeOfRecord,
  recordBeginning,
  recordBeginnings,
  recordLink,
} from '../../../tasks/domain/record/places.ts';
import { recordName, recordPrefix } from '../../../tasks/domain/record/record.ts';

const arnOf = (name: string): string =>
  `arn:aws:states:eu-west-1:111111111111:execution:rotate-user-key:${name}`;

describe('the place of a record', () => {
  it.each([
    'deploy-bot',
    'john.doe@example.com',
    'a-name-that-is-so-long-that-it-does-not-fit-into-a-name-of-80',
  ])(
    'of a rotation of %s begins as the user’s and the rotation’s places do, and is read back',
    (userName) => {
      const user = { accountId: '222222222222', userName };
      const rotation = executionName(user, 3);
      const key = `${recordPrefix}${recordName({ executionArn: arnOf(rotation), redrives: 2 })}`;
      expect(recordBeginnings(user).some((beginning) => key.startsWith(beginning))).toBe(true);
      expect(key.startsWith(recordBeginning(rotation))).toBe(true);
      expect(placeOfRecord(key)).toEqual({ key, rotation, redrives: 2 });
    },
  );

  it.each(['sweeps/2026-03-02/x/index.html', 'rotations/222222222222/x/0.json', 'rotations/0.html'])(
    '%s is none',
    (key) => {
      expect(placeOfRecord(key)).toBeUndefined();
    },
  );

  it('is linked to from a sweep’s page, wherever the bucket is copied to', () => {
    const page = { prefix: 'sweeps/2026-03-02/4bffe112/' };
    const link = recordLink(page, arnOf('222222222222-deploy-bot-1'));
    expect(new URL(link, `https://x.example/b/${page.prefix}index.html`).pathname).toBe(
      '/b/rotations/222222222222/222222222222-deploy-bot-1/0.html',
    );
  });
});
