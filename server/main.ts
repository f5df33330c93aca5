import { runCommandLine } from './cli/run-command-line.ts';

// Whatever a library has left open does not keep a stopped server alive.
process.exit(await runCommandLine(process.argv.slice(2)));
