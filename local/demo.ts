import { demo } from './demo/command-line.ts';

// Whoever reads no further (`| head`) wants no more of it, and no error either.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await demo(process.argv.slice(2), process);
