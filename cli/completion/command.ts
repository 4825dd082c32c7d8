import { Argument, type Command } from 'commander';
import { exampleOf, type Running } from '../command.ts';
import { exitCodes } from '../terminal.ts';
import { scripts, shells } from './scripts.ts';
import { treeOf } from './tree.ts';

const help = `
The commands are completed for the word keyturn: make it an alias of npx keyturn, or put
node_modules/.bin into PATH.

Examples:
  $ alias keyturn='npx keyturn'; source <(${exampleOf('completion bash')})
  $ alias keyturn='npx keyturn'; source <(${exampleOf('completion zsh')})
  $ alias keyturn 'npx keyturn'; ${exampleOf('completion fish')} | source`;

/** Adds the command `completion`, which needs no deployment. */
export function addCompletion(program: Command, { terminal, exit }: Running): void {
  program
    .command('completion')
    .summary('print the script that completes commands in a shell')
    .description('Prints the script that completes commands and options in a shell.')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .addHelpText('after', help)
    .action((shell: (typeof shells)[number]) => {
      terminal.stdout.write(scripts[shell](treeOf(program)));
      exit(exitCodes.ok);
    });
}
