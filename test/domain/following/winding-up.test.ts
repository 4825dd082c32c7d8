import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { badgeOf } from '../../../tasks/domain/following/outcomes.ts';
import { stageOf } from '../../../tasks/domain/following/stages.ts';
import { windUp } from '../../../tasks/domain/following/winding-up.ts';

const machine: { States: Record<string, { Type: string }> } = JSON.parse(
  readFileSync('statemachines/rotate-user-key.asl.json', 'utf8'),
);

/** A rotation that is in a state, as its history shows it. */
const inState = (state: string, more: Partial<Parameters<typeof windUp>[0]> = {}) => ({
  badge: badgeOf('RUNNING', { state }),
  ...{ state, stage: stageOf(state) ?? 'assess' },
  ...more,
});

describe('what becomes of a running rotation when keyturn is uninstalled', () => {
  it.each([
    ['AskOwner', { act: 'rotate' }, 'rollBack', /the old key stays, the new one is withdrawn/],
    ['AskOwner', { act: 'retire' }, 'rollBack', /it stays/],
    ['WaitForNewKeyUse', { act: 'rotate' }, 'finish', /by itself/],
    ['WaitForQuiet', { act: 'rotate' }, 'finish', /goes once nobody uses it/],
    ['WaitForQuiet', { act: 'rotate', leaving: 'newKey' }, 'finish', /the old key works/],
    ['OfferRollback', { act: 'rotate' }, 'finish', /deleted after its window/],
    ['OfferRollback', { act: 'emergency' }, 'finish', /isn’t given back/],
    ['AskAboutLeak', {}, 'person', /still active/],
    ['WaitToMakeActive', { act: 'rotate' }, 'person', /should be active again/],
    ['ProvisionNewKey', { act: 'rotate' }, 'wait', /at this moment/],
    ['DeleteOldKey', { act: 'rotate' }, 'wait', /at this moment/],
  ] as const)('in %s with %j: %s', (state, more, act, because) => {
    expect(windUp(inState(state, more))).toEqual({ act, because: expect.stringMatching(because) });
  });

  it('takes nothing back of an emergency, in whichever state it is', () => {
    for (const state of Object.keys(machine.States))
      expect(windUp(inState(state, { act: 'emergency' })).act, state).not.toBe('rollBack');
  });

  it('waits, finishes or asks a person in every state in which nobody is asked', () => {
    for (const state of Object.keys(machine.States).filter((name) => name !== 'AskOwner'))
      expect(windUp(inState(state, { act: 'rotate' })).act, state).not.toBe('rollBack');
  });
});
