import type { z } from 'zod';
import type { ReportStore } from '../aws/report-store.ts';
import { type Overview, overviewSchema } from '../domain/sweeps/overview.ts';
import {
  type AccountItem,
  accountItemSchema,
  objects,
  type ScopeNote,
  scopeNoteSchema,
} from '../domain/sweeps/sweep.ts';
import { type Wave, waveSchema } from '../domain/sweeps/wave.ts';
import { type Round, roundSchema } from './starter.ts';

/** Reads what an earlier state of the same sweep stored. @throws if it is missing, which must not happen */
async function readStored<Schema extends z.ZodType>(
  store: ReportStore,
  name: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  const text = await store.read(name);
  if (text === undefined) throw new Error(`${store.keyOf(name)} is not in the bucket ${store.bucket}`);
  return schema.parse(JSON.parse(text));
}

export const readScopeNote = (store: ReportStore): Promise<ScopeNote> =>
  readStored(store, objects.scope, scopeNoteSchema);

export const readOverview = (store: ReportStore): Promise<Overview> =>
  readStored(store, objects.overview, overviewSchema);

/** Every account that the sweep surveys. */
export async function readAccounts(store: ReportStore): Promise<AccountItem[]> {
  const lines = ((await store.read(objects.accounts)) ?? '').split('\n').filter((line) => line !== '');
  return lines.map((line) => accountItemSchema.parse(JSON.parse(line)));
}

/** Undefined if that round hasn't finished yet. */
export async function readRound(store: ReportStore, name: string): Promise<Round | undefined> {
  const text = await store.read(name);
  return text === undefined ? undefined : roundSchema.parse(JSON.parse(text));
}

export const readWave = (store: ReportStore): Promise<Wave> => readStored(store, objects.wave, waveSchema);
