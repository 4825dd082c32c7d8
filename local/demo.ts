import { demo } from './demo/command-line.ts';

// A reader that stops early (`| head`) isn't an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await demo(process.argv.slice(2), process);
