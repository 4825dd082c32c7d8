import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import * as z from 'zod';
import { MemberRole } from './member-role.ts';
import { OwnKeyPolicy } from './own-key-policy.ts';
import { holdRoles } from './roles.ts';
import type { Deployment } from './settings.ts';

/**
 * What a member account gets: a role to read; if anything may be changed, one to change it; and a policy that its
 * administrators may attach to let users read their keys in central storage.
 */
export class MemberStack extends Stack {
  constructor(scope: Construct, id: string, deployment: Deployment, props: StackProps = {}) {
    super(scope, id, {
      description: 'keyturn: the roles by which the central account rotates access keys',
      ...props,
    });
    new MemberRole(this, 'Reader', deployment, 'read');
    if (deployment.members.writingRole) new MemberRole(this, 'Member', deployment, 'write');
    new OwnKeyPolicy(this, 'OwnKey', deployment);
    holdRoles(this, deployment);
  }
}

const templateSchema = z.record(z.string(), z.unknown());

/**
 * The same stack as a template's text, for a StackSet: without assets, or anything that needs a bootstrapped account.
 */
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
