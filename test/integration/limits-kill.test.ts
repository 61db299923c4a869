/** Two processes that ask fifty things at once, killed in the midst of it: the budget holds. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openDatabase } from '../../electron/db/client.ts';
import { monthOf, OWN_LIMITS } from '../../electron/pipeline/limits.ts';
import { temporaryFolder } from '../helpers/library.ts';
import { startOpenAiServer, type ChatRequestBody } from '../helpers/openai-server.ts';

const asker = fileURLToPath(new URL('../fixtures/asking-process.ts', import.meta.url));
/** Each kill may leave the reservations of a hundred calls, about 850,000 tokens. */
const budget = 1_900_000;

/** Asks until it is killed, so many milliseconds after the first answer began; answers with what it said last. */
async function askUntilKilled(path: string, baseUrl: string, after: number | null): Promise<string> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', asker, path, baseUrl], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let last = '';
  for await (const line of createInterface({ input: child.stdout })) {
    last = line;
    if (line === 'asking' && after !== null) setTimeout(() => child.kill('SIGKILL'), after);
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return last;
}

// Catches: a budget that each process counts for itself, one that calls at once overrun, and one that a killed process
// gives back although its calls were served.
test('kill -9 among a hundred calls of two processes overruns no budget', { timeout: 180_000 }, async () => {
  const { folder, remove } = temporaryFolder();
  const path = join(folder, 'library.db');
  let served = 0;
  const reply = ({ messages }: ChatRequestBody): string => {
    // As the server counts a prompt.
    served += Math.ceil(messages.reduce((sum, { content }) => sum + content.length, 0) / 4);
    return 'A word of it. '.repeat(150);
  };
  const server = await startOpenAiServer({ reply, tokensPerSecond: 2_000, onToken: () => (served += 1) });
  try {
    const first = await openDatabase({ path });
    const limits = { monthlyCost: null, monthlyTokens: budget, requestsPerMinute: null };
    await first.settings.set(OWN_LIMITS, { limits, countsLocal: true });
    await first.close();

    for (const after of [30, 500]) {
      await Promise.all([
        askUntilKilled(path, server.baseUrl, after),
        askUntilKilled(path, server.baseUrl, after + 150),
      ]);
    }
    // The last ones come to the end of what is left.
    const said = await Promise.all([
      askUntilKilled(path, server.baseUrl, null),
      askUntilKilled(path, server.baseUrl, null),
    ]);
    for (const held of said) {
      expect(held.split(',')).toContain('budget-exceeded');
      // What is left may be less than a whole answer takes: that one is ended where it is used up.
      expect(['budget-exceeded', 'provider-stream-broken']).toEqual(expect.arrayContaining(held.split(',')));
    }

    const database = await openDatabase({ path, exclusive: true });
    expect(await database.modelCalls.markInterrupted()).toBeGreaterThan(0);
    const { start, end } = monthOf(Date.now());
    const { spent, reserved } = await database.modelCalls.spending({ from: start, to: end }, true);
    const counted = spent.tokens + reserved.tokens;
    expect(counted).toBeLessThanOrEqual(budget);
    // So near that not even the shortest answer has room: nothing was refused too early.
    expect(counted).toBeGreaterThan(budget - 2_000);
    expect(spent.tokens).toBeGreaterThan(0);
    expect(reserved.tokens).toBeGreaterThan(0);
    // What really came to pass at the server is in what was counted.
    expect(served).toBeLessThanOrEqual(counted);
    expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
    await database.close();
  } finally {
    await server.close();
    remove();
  }
});
