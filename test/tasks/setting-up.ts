import type { Dependencies } from '../../tasks/dependencies.ts';
import { parseSettings, type SettingsInput } from '../../tasks/domain/settings/told.ts';
import { now } from '../domain/uses.ts';

const settings: SettingsInput = {
  mode: 'live',
  region: 'eu-west-1',
  mailFrom: 'keyturn@example.com',
  operators: 'ops@example.com',
  linkBase: 'https://keyturn.example.com/',
};

/** A fixed clock, sleep that only records, a log that collects. */
export function setUp(changes: Partial<SettingsInput> = {}) {
  const slept: number[] = [];
  const recorded: Readonly<Record<string, number>>[] = [];
  const logged: { level: string; message: string; details: Record<string, unknown> }[] = [];
  const log = (level: string) => (message: string, details: Record<string, unknown>) => {
    logged.push({ level, message, details });
  };
  const dependencies: Dependencies = {
    settings: parseSettings({ ...settings, ...changes }),
    aws: { region: 'eu-west-1', credentials: { accessKeyId: 'AKIATASK', secretAccessKey: 'task' } },
    now: () => now,
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
    },
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    metrics: { record: (counts) => void recorded.push(counts) },
  };
  return { dependencies, slept, logged, recorded };
}
