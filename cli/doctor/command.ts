import * as z from 'zod';
import { type Asked, type CommandOutcome, commandSpec } from '../command.ts';
import { exitCodes } from '../terminal.ts';
import { type Finding, statuses } from './finding.ts';
import { countsOf, tableOf } from './table.ts';

const shape = z.object({
  mode: z.enum(['audit', 'live']).describe('the setting `mode`'),
  settings: z.string().describe('the file that the settings are in'),
  caller: z.string().describe('the ARN of the caller'),
  counts: z.record(z.enum(statuses), z.number()).describe('how many findings have each status'),
  findings: z
    .array(
      z.object({
        check: z.string().describe('a name from the table above; several findings may have the same one'),
        status: z.enum(statuses).describe('see above'),
        seen: z.string().describe('what was seen'),
        todo: z.string().optional().describe('what to do; present unless `status` is `ok`'),
      }),
    )
    .describe('the findings'),
});

/** The command `doctor`. */
export const doctorCommand = commandSpec({
  name: 'doctor',
  summary: 'look at a deployment, and say what is wrong with it',
  description: `Looks at a deployment, and says what is wrong with it and what to do.

It reads, and changes nothing. Run it with credentials of keyturn's account that may read there; the
settings are those of keyturn.json. What could not be seen is unknown, and unknown is never ok.

Exit code: 0 if every line is ok or warn, 1 if any fails or is unknown, 2 if it can't be run.`,
  examples: ['doctor', 'doctor --assume OrganizationAccountAccessRole'],
  shape,
  run: doctor,
});

async function doctor({ context }: Asked): Promise<CommandOutcome<z.input<typeof shape>>> {
  const { deployment, from, caller, partition, access, assume, terminal } = context;
  const { account, region, mode } = deployment;
  const { lookAt } = await import('./examine.ts');
  const now = await context.now();
  const findings = await context.during(`Looking at keyturn in ${account}, ${region}`, () =>
    lookAt({ deployment, partition, caller, access, assume, now }),
  );
  return {
    exitCode: exitCodeOf(findings),
    result: { mode, settings: from, caller, counts: countsOf(findings), findings },
    text: `keyturn in ${account}, ${region}, mode ${mode}, by ${from}\nseen as ${caller}\n\n${tableOf(findings, terminal.stdout)}`,
  };
}

/** What could not be checked isn't proved, so it counts as a failure. */
export const exitCodeOf = (findings: readonly Finding[]): number =>
  findings.some(({ status }) => status === 'fail' || status === 'unknown') ? exitCodes.problem : exitCodes.ok;
