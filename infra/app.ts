import { fileURLToPath } from 'node:url';
import { App, Validations } from 'aws-cdk-lib';
import featureFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { AwsSolutionsChecks } from 'cdk-nag';
import { addStacks } from './keyturn.ts';
import { parseDeployment, SettingsRefused } from './settings.ts';
import { readSettings } from './settings-file.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

/** What `cdk` runs: the settings, the stacks, and the checks on them. */
const app = new App({ postCliContext: featureFlags });
try {
  const { given, from } = readSettings(root, app.node.tryGetContext('keyturn'));
  addStacks(app, parseDeployment(given, from));
} catch (error) {
  if (!(error instanceof SettingsRefused)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
