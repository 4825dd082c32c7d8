import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { synthesize } from './synthesized.ts';
import { variants } from './variants.ts';

const resourcesSchema = z.record(
  z.string(),
  z.looseObject({
    Type: z.string(),
    Properties: z.record(z.string(), z.unknown()).default({}),
    DeletionPolicy: z.string().default('Delete'),
  }),
);

/** Every resource of every stack, under its stack's name. */
const resourcesOf = (templates: ReadonlyMap<string, Template>) =>
  [...templates].flatMap(([stack, template]) =>
    Object.entries(resourcesSchema.parse(template.toJSON().Resources)).map(([id, resource]) => ({
      id: `${stack}/${id}`,
      stack,
      ...resource,
    })),
  );
type Resource = ReturnType<typeof resourcesOf>[number];

/** A name that is known before the stack: it would be taken if the resource outlived its stack. */
function fixedName({ Type, Properties }: Resource): string | undefined {
  const kind = Type.split('::')[2] ?? '';
  const candidates = ['Name', `${kind}Name`, 'RoleName', 'AliasName', 'EmailIdentity', 'DomainName'];
  // Inline: its name only has to be unique in its role.
  if (Type === 'AWS::IAM::Policy') return undefined;
  const name = candidates.map((each) => Properties[each]).find((value) => typeof value === 'string');
  return typeof name === 'string' ? name : undefined;
}

/** Milliseconds. Synthesis and checks take seconds, and longer when other tests run. */
const patience = 300_000;

/** Whether an account can have only one resource of that name, in all regions together. */
const isGlobal = ({ Type }: Resource): boolean => Type.startsWith('AWS::IAM::') || Type === 'AWS::S3::Bucket';

describe('a deployment of every kind', () => {
  it.each(Object.entries(variants))(
    '%s: passes the checks and can be installed again',
    (_, settings) => {
      const templates = synthesize(settings);
      const resources = resourcesOf(templates);

      const kept = resources.filter(({ DeletionPolicy }) => DeletionPolicy !== 'Delete');
      expect(kept.filter((resource) => fixedName(resource) !== undefined)).toEqual([]);
      // A create that is rolled back deletes what it made.
      expect(kept.filter(({ DeletionPolicy }) => DeletionPolicy !== 'RetainExceptOnCreate')).toEqual([]);
      expect(kept.map(({ Type }) => Type)).toContain('AWS::KMS::Key');

      // A template that needs bootstrapping has a parameter for it.
      const bootstrapped = [...templates].filter(([, template]) =>
        Object.keys(z.record(z.string(), z.unknown()).parse(template.toJSON().Parameters ?? {})).includes(
          'BootstrapVersion',
        ),
      );
      expect(bootstrapped.map(([stack]) => stack)).toEqual(['keyturn']);
    },
    patience,
  );
});

describe('a second region', () => {
  const first = {
    region: 'eu-west-1',
    storage: { where: 'central', replicaRegions: ['eu-central-1', 'us-east-1'] },
  };
  const second = {
    region: 'eu-central-1',
    rolePrefix: 'standby',
    storage: {
      where: 'central',
      replicaRegions: ['eu-west-1', 'us-east-1'],
      keptKeys: {
        'eu-central-1': 'arn:aws:kms:eu-central-1:111111111111:key/0a1b2c3d-0000-4000-8000-000000000000',
      },
    },
  };

  /** Names with their types and the place in which they have to be unique. */
  function names(settings: { readonly region: string }): string[] {
    const regionOf = (stack: string): string =>
      /[a-z]{2}-[a-z]+-\d$/.exec(stack)?.[0] ??
      (stack.endsWith('-leaks') ? 'us-east-1' : stack.endsWith('-backup') ? 'us-west-2' : settings.region);
    const templates = synthesize(settings);
    const stacks = [...templates.keys()].map((stack) => `${regionOf(stack)} stack ${stack}`);
    const resources = resourcesOf(templates).flatMap((resource) => {
      const name = fixedName(resource);
      const place = isGlobal(resource) ? 'everywhere' : regionOf(resource.stack);
      return name === undefined ? [] : [`${place} ${resource.Type} ${name}`];
    });
    return [...stacks, ...resources];
  }

  it('can be deployed beside the first one’s copies: they share no name', () => {
    const taken = new Set(names(first));
    expect(taken.size).toBeGreaterThan(60);
    expect(names(second).filter((name) => taken.has(name))).toEqual([]);
  });

  it('uses the copies’ key for the secrets that the copies become', () => {
    const template = synthesize(second).get('keyturn');
    const copies = second.storage.keptKeys['eu-central-1'];
    template?.hasResourceProperties('AWS::KMS::Alias', {
      AliasName: 'alias/standby-secrets',
      TargetKeyId: copies,
    });
    template?.resourceCountIs('AWS::KMS::Key', 1);
    expect(JSON.stringify(template?.findResources('AWS::IAM::Policy'))).toContain(copies);
  });
});
