/** A display for benchmarks with a window, where there is none. */
import { spawn } from 'node:child_process';

/** Starts Xvfb and sets DISPLAY; the returned function ends it. Does nothing where there is a display. */
export async function startDisplay(): Promise<() => void> {
  if (process.platform !== 'linux' || process.env['DISPLAY']) return () => undefined;
  // `-displayfd 1` has Xvfb choose a free number and tell it when it is ready.
  const server = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const number = await new Promise<string>((resolve, reject) => {
    server.stdout.once('data', (text: Buffer) => resolve(text.toString().trim()));
    server.once('error', reject);
  });
  process.env['DISPLAY'] = `:${number}`;
  return () => {
    server.kill();
    delete process.env['DISPLAY'];
  };
}
