import * as z from 'zod';
import { fromJson } from '../domain/json.ts';

/** A pair as an SDK returns it. It leaves the task that created it only for Secrets Manager. */
export interface KeyPair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const pairSchema = z.object({ accessKeyId: z.string(), secretAccessKey: z.string() });

/** @returns undefined if the text isn't a complete pair; never reveals what it is instead */
export const readPair = (text: string | undefined): KeyPair | undefined =>
  pairSchema.safeParse(fromJson(text)).data;
