import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import * as z from 'zod';
import { allFunctions } from '../tasks/manifest.ts';
import { MemberRole } from './member-role.ts';
import { roleName } from './names.ts';
import type { Deployment } from './settings.ts';

/** The roles of the tasks that enter member accounts. */
const enteringRoles = (deployment: Deployment): string[] =>
  allFunctions.filter(({ grants }) => grants.entersMember).map(({ name }) => roleName(deployment, name));

/** What a member account gets: one role. */
export class MemberStack extends Stack {
  constructor(scope: Construct, id: string, deployment: Deployment, props: StackProps = {}) {
    super(scope, id, {
      description: 'keyturn: the role by which the central account rotates access keys',
      ...props,
    });
    new MemberRole(this, 'Member', deployment, enteringRoles(deployment));
  }
}

const templateSchema = z.record(z.string(), z.unknown());

/** The same as a template in text, as a StackSet takes it: no assets and nothing that asks for a bootstrapped account. */
export function memberTemplate(deployment: Deployment): string {
  const outdir = mkdtempSync(join(tmpdir(), 'keyturn-member-'));
  try {
    const context = { '@aws-cdk/core:newStyleStackSynthesis': false };
    const app = new App({ analyticsReporting: false, context, outdir });
    const stack = new MemberStack(app, 'member', deployment);
    const { template } = app.synth().getStackArtifact(stack.artifactId);
    return JSON.stringify(templateSchema.parse(template));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
