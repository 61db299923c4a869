/** What a program costs, of the peers that the benchmarks run beside ours. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** User and system time of a command in seconds, as the shell tells it. */
export async function cpuSeconds(
  command: string,
  args: readonly string[],
  { env = process.env }: { readonly env?: NodeJS.ProcessEnv } = {},
): Promise<number> {
  const script = 'TIMEFORMAT="%U %S"; time "$@"';
  const { stderr } = await execute('bash', ['-c', script, 'bash', command, ...args], { env, maxBuffer: 2 ** 24 });
  const [user = 0, system = 0] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number);
  return user + system;
}
