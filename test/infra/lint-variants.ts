import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { synthesize } from './synthesized.ts';
import { variants } from './variants.ts';

/** Writes the templates of every kind of deployment into a folder, for a linter. @example tsx lint-variants.ts cdk.out/variants */
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('name a folder for the templates');
mkdirSync(folder, { recursive: true });
for (const [variant, settings] of Object.entries(variants)) {
  for (const [stack, template] of synthesize(settings)) {
    const name = `${variant}-${stack}`.replaceAll(/[^\w-]/g, '-');
    writeFileSync(join(folder, `${name}.template.json`), JSON.stringify(template.toJSON()));
  }
}
