import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { type Deployment, parseDeployment } from '../infra/settings.ts';
import { readSettings } from '../infra/settings-file.ts';

const cdkSchema = z.object({ context: z.object({ keyturn: z.unknown() }).optional() });

/** The settings that the deployment was made with, and the file that they are in. */
export interface Given {
  readonly deployment: Deployment;
  readonly from: string;
}

/**
 * @param folder where `keyturn.json` and `cdk.json` are
 * @throws {SettingsRefused}
 */
export function readDeployment(folder: string): Given {
  const cdk = cdkSchema.safeParse(JSON.parse(readFileSync(join(folder, 'cdk.json'), 'utf8')));
  const { given, from } = readSettings(folder, cdk.data?.context?.keyturn);
  return { deployment: parseDeployment(given, from), from };
}
