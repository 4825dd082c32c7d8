import * as z from 'zod';

const time = z.iso.datetime();

/** The JSON of `uninstall`. */
export const uninstallShape = z.object({
  state: z
    .enum(['planned', 'underWay', 'ready'])
    .describe(
      '`planned`: only shown; `underWay`: something still runs, so run it again later; `ready`: the stacks can be deleted',
    ),
  sweeps: z
    .enum(['on', 'off', 'local'])
    .describe('whether sweeps begin by themselves; `local`: `npm start` decides that'),
  rotations: z
    .array(
      z.object({
        name: z.string().describe('the execution’s name'),
        accountId: z.string().optional().describe('the user’s account'),
        userName: z.string().optional().describe('the user'),
        stage: z.string().describe('the stage that it is in'),
        act: z
          .enum(['rollBack', 'finish', 'wait', 'person'])
          .describe(
            '`rollBack`: it is told to; `finish`: it ends by itself; `wait`: a task runs; `person`: somebody must act first',
          ),
        because: z.string().describe('why'),
        until: time.optional().describe('until when its stage lasts'),
        told: z.boolean().describe('whether it was told to roll back now'),
        refused: z.string().optional().describe('why it could not be told'),
      }),
    )
    .describe('every rotation that runs'),
  leftInactive: z
    .array(
      z.object({
        accountId: z.string().describe('the user’s account'),
        userName: z.string().describe('the user'),
        rotation: z.string().describe('the rotation that left the key'),
      }),
    )
    .describe('users with a key that a stopped or failed rotation left inactive'),
  tags: z
    .object({
      users: z.number().describe('users of the last report whose tags are removed'),
      asOf: time.describe('when that report’s sweep began'),
      changed: z.number().describe('users who had tags, which are gone now'),
      failed: z
        .array(
          z.object({
            user: z.string().describe('`account/user`'),
            because: z.string().describe('why its tags are still there'),
          }),
        )
        .describe('users whose tags could not be removed'),
    })
    .optional()
    .describe('with `--remove-tags`, once nothing runs'),
  stays: z
    .array(z.object({ what: z.string().describe('what stays'), why: z.string().describe('why') }))
    .describe('what is kept when the stacks are deleted'),
  next: z.array(z.string()).describe('what to do next, in this order'),
});
export type Uninstalled = z.input<typeof uninstallShape>;
export type WoundUp = Uninstalled['rotations'][number];
