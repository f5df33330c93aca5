/** Lines of a server's log that speak of trouble. */
export const troubleIn = (log: string): readonly string[] =>
  log.split('\n').filter((line) => /\b(error|fatal|uncaught|unhandled|panic)\b/iu.test(line));
