import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import featureFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { AwsSolutionsChecks } from 'cdk-nag';
import * as z from 'zod';
import { addStacks } from '../../infra/keyturn.ts';
import { parseDeployment } from '../../infra/settings.ts';

const cdkJson = z.object({ context: z.object({ keyturn: z.record(z.string(), z.unknown()) }) });

/** The example settings in the repository. */
export const example = cdkJson.parse(
  JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')),
).context.keyturn;

/**
 * Synthesizes with these settings over the example's, without bundling.
 * @param add puts more into the app before it is checked
 * @returns the templates by the stack's name
 * @throws what the checks found, named ValidationFailed
 */
export function synthesize(
  settings: object = {},
  add: (app: App) => void = () => {},
): ReadonlyMap<string, Template> {
  const outdir = mkdtempSync(join(tmpdir(), 'keyturn-infra-'));
  try {
    const app = new App({
      outdir,
      analyticsReporting: false,
      context: { ...featureFlags, 'aws:cdk:bundling-stacks': [] },
    });
    addStacks(app, parseDeployment({ ...example, ...settings }));
    add(app);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    const templates = app
      .synth()
      .stacksRecursively.map(({ stackName, template }): [string, Template] => [
        stackName,
        Template.fromJSON(template),
      ]);
    return new Map(templates);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
