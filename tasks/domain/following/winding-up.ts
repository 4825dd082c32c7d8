import type { Progress } from './progress.ts';

/**
 * What becomes of a running rotation when keyturn is uninstalled.
 * - `rollBack`: nothing was decided yet. It is told to roll back: every key that was there stays as it was.
 * - `finish`: what was decided is carried out by itself, and ends.
 * - `wait`: a task runs at this moment; a later look decides.
 * - `person`: only a person can settle it.
 */
export interface WindingUp {
  readonly act: 'rollBack' | 'finish' | 'wait' | 'person';
  readonly because: string;
}

const finish = (because: string): WindingUp => ({ act: 'finish', because });

/**
 * Decides how a running rotation comes to its end. What nobody has confirmed is taken back. What its owner has
 * confirmed is finished, because the application has the new key by then: going back would need its owner again.
 */
export function windUp(progress: Pick<Progress, 'badge' | 'state' | 'stage' | 'act' | 'leaving'>): WindingUp {
  const { badge, state, act, stage } = progress;
  if (badge === 'needsAPerson') return { act: 'person', because: whyAPerson(state) };
  if (act === 'emergency') return finish('a leaked key isn’t given back: it is deleted after its window');
  if (state === 'AskOwner')
    return {
      act: 'rollBack',
      because:
        act === 'retire'
          ? 'nobody has confirmed that the key can go: it stays'
          : 'nobody has confirmed that the application has the new key: the old key stays, the new one is withdrawn',
    };
  if (badge === 'working') return { act: 'wait', because: 'a task runs at this moment' };
  if (state === 'WaitForNewKeyUse')
    return finish('the application takes the new key by itself; if it doesn’t, the new key is withdrawn');
  if (progress.leaving === 'newKey') return finish('the new key is being withdrawn: the old key works');
  return stage === 'inactive'
    ? finish('the key was confirmed and quiet, and is deleted after its window')
    : finish('it is confirmed that the key can go, and it goes once nobody uses it');
}

const whyAPerson = (state: string | undefined): string =>
  state === 'WaitToMakeActive'
    ? 'a key should be active again and isn’t yet'
    : 'a leaked key is still active, and it must not stay so when nobody watches it any more';
