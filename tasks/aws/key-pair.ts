import * as z from 'zod';
import { fromJson } from '../domain/json.ts';

/** A pair as an SDK returns it; leaves the task that made it only into Secrets Manager. */
export interface KeyPair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const pairSchema = z.object({ accessKeyId: z.string(), secretAccessKey: z.string() });

/** @returns undefined if it isn't a whole pair, whoever put it there; what it is instead is never said */
export const readPair = (text: string | undefined): KeyPair | undefined =>
  pairSchema.safeParse(fromJson(text)).data;
