import { SecretStore } from '../../tasks/aws/secret-store.ts';
import type { SettingsInput } from '../../tasks/domain/settings/told.ts';
import type { SecretVerb } from '../../tasks/domain/verbs.ts';
import { rotation, secretArn } from './ids.ts';
import { setUp } from './setting-up.ts';

export const every = [
  'readSecret',
  'createSecret',
  'admitReaders',
  'replicateSecret',
  'storeValue',
  'readPending',
  'moveLabel',
] as const;
export const open = (settings: Partial<SettingsInput> = {}, verbs: readonly SecretVerb[] = every) =>
  SecretStore.open(setUp({ storage: 'central', ...settings }).dependencies, { rotation, secretArn }, verbs);
