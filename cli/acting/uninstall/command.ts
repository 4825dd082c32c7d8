import { commandSpec } from '../../command.ts';
import { byAndReasonOptions } from '../asking.ts';
import { uninstallShape } from './shape.ts';

/** The command `uninstall`. */
export const uninstallCommand = commandSpec({
  name: 'uninstall',
  summary: 'bring every rotation to its end, and show how to delete keyturn',
  description: `Shows what runs, how each rotation comes to its end, what stays and why, and the commands that delete the
rest. With your agreement it tells every rotation that nobody has confirmed to roll back; those that are
confirmed finish by themselves. It deletes no stack, and no user is left without a working key.

Switch sweeps off first (schedule.enabled), or they start others. Run it again until it says that
nothing runs: that takes as long as the drains and windows of what runs, some weeks. It keeps nothing
of its own, so it can be interrupted at any time. Exit code 0 once the stacks can be deleted, else 1.`,
  options: [
    ...byAndReasonOptions,
    ['--remove-tags', 'once nothing runs, remove keyturn’s tags from every user of the last report'],
  ],
  examples: [
    'uninstall --dry-run',
    'uninstall --by "Jane Doe" --reason "we have no access keys any more"',
    'uninstall --remove-tags --by "Jane Doe" --reason "we have no access keys any more"',
  ],
  changes: true,
  shape: uninstallShape,
  run: async (asked) => (await import('./uninstall.ts')).uninstall(asked),
});
