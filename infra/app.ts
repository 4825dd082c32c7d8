import { App, Validations } from 'aws-cdk-lib';
import featureFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { AwsSolutionsChecks } from 'cdk-nag';
import { addStacks } from './keyturn.ts';
import { parseDeployment, SettingsRefused } from './settings.ts';

/** What `cdk` runs: the settings from `cdk.json`, the stacks, and the checks on them. */
const app = new App({ postCliContext: featureFlags });
try {
  addStacks(app, parseDeployment(app.node.tryGetContext('keyturn')));
} catch (error) {
  if (!(error instanceof SettingsRefused)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
