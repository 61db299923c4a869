/** The test of a bucket: each step, what it finds, what it says, and that it leaves nothing there. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { testBucket } from '../../../electron/adapters/s3/test-bucket.ts';
import { bucketTestSteps, type BucketRemote, type RemoteTestStep } from '../../../shared/remotes.ts';
import {
  bucketUsers,
  startBucketServer,
  type BucketOperation,
  type BucketServer,
} from '../../helpers/bucket-server.ts';
import { makeCertificates, type TestCertificates } from '../../helpers/certificates.ts';

const [ada] = bucketUsers;
let server: BucketServer;

beforeAll(async () => void (server = await startBucketServer()));
afterEach(() => {
  server.fault = () => null;
  server.clockOffset = 0;
});
afterAll(() => server.close());

const states = (steps: readonly RemoteTestStep[]): string =>
  steps
    .filter(({ state }) => state !== 'not-tried')
    .map(({ name, state, error }) => `${name} ${error?.code ?? state}`)
    .join(', ');

/** Each step as it ended. */
async function ended(test: AsyncGenerator<RemoteTestStep>): Promise<RemoteTestStep[]> {
  const steps = [];
  for await (const step of test) if (step.state !== 'running') steps.push(step);
  return steps;
}

async function tried(changed: Partial<BucketRemote> = {}, secret = ada.secretAccessKey, of = server) {
  const steps = await ended(testBucket(of.remote(ada, changed), secret, 'ada', { silence: 1_000 }));
  for (const { error } of steps) {
    if (!error) continue;
    expect(error.hint).not.toBe('');
    expect(JSON.stringify(error)).not.toContain(secret);
  }
  return steps;
}

describe('a bucket that is as it should be', () => {
  // Catches: a step that is told twice or never, a probe that stays.
  it('passes every step, which are told one after the other, and is left as it was', async () => {
    const steps: RemoteTestStep[] = [];
    for await (const step of testBucket(server.remote(), ada.secretAccessKey, 'ada')) steps.push(step);
    const expected = bucketTestSteps.flatMap((name) => [`${name} running`, `${name} passed`]);
    expect(steps.map(({ name, state }) => `${name} ${state}`)).toEqual(expected);
    expect(steps[1]?.detail).toBe(`${new URL(server.endpoint).host}, without TLS`);
    expect(await server.keys()).toEqual([]);
  });

  // Catches: a clock that is wrong and told as right, or refused while the server still takes it.
  it('tells of clocks that differ, and fails where requests are refused for it', async () => {
    server.clockOffset = 4 * 60_000;
    expect((await tried()).at(-1)).toMatchObject({ state: 'passed', detail: '' });
    server.clockOffset = -7 * 60_000;
    const late = (await tried()).at(-1);
    expect(late?.state).toBe('passed');
    expect(late?.detail).toMatch(/^This computer’s clock is 7 minutes ahead of 127\.0\.0\.1:\d+\./);
    server.clockOffset = 3 * 3_600_000;
    const wrong = await tried();
    expect(states(wrong)).toBe(
      'reach passed, list passed, put passed, get passed, delete passed, clock remote-forbidden',
    );
    expect(wrong.at(-1)?.error?.message).toMatch(/^This computer’s clock is 3 hours behind /);
  });
});

describe('a bucket that is not', () => {
  // Catches: a failure that is told at another step than where it lies, or as something else.
  it('fails where it can’t be reached, or keys and names are wrong', async () => {
    expect(states(await tried({ endpoint: 'http://127.0.0.1:1' }))).toBe('reach remote-unreachable');
    expect(states(await tried({ endpoint: 'https://bucket.invalid' }))).toBe('reach remote-unreachable');
    expect(states(await tried({ endpoint: 'http://192.0.2.1' }))).toBe('reach remote-tls');
    expect(states(await tried({ accessKeyId: 'NOBODY' }))).toBe('reach passed, list remote-unauthorized');
    expect(states(await tried({}, 'another secret'))).toBe('reach passed, list remote-unauthorized');
    expect(states(await tried({ bucket: 'another' }))).toBe('reach passed, list remote-unsupported');
    server.fault = () => 'silence';
    expect(states(await tried())).toBe('reach remote-timeout');
    server.fault = () => 'busy';
    expect(states(await tried())).toBe('reach passed, list remote-busy');
  });

  // Catches: rights that are missing and found out when the first document is sent; a probe that stays.
  it('fails at the step for which there is no right, and takes the probe away', async () => {
    const without: [BucketOperation, string][] = [
      ['ListObjects', 'reach passed, list remote-forbidden'],
      ['PutObject', 'reach passed, list passed, put remote-forbidden'],
      ['GetObject', 'reach passed, list passed, put passed, get remote-forbidden'],
      ['DeleteObject', 'reach passed, list passed, put passed, get passed, delete remote-forbidden'],
    ];
    for (const [operation, expected] of without) {
      const strict = await startBucketServer({ users: [{ ...ada, refused: [operation] }] });
      expect(states(await tried({}, ada.secretAccessKey, strict))).toBe(expected);
      // What may not be deleted stays, whatever one does.
      expect(await strict.keys()).toHaveLength(operation === 'DeleteObject' ? 1 : 0);
      await strict.close();
    }
    server.fault = ({ operation }) => (operation === 'GetObject' ? 'damage' : null);
    expect(states(await tried())).toBe('reach passed, list passed, put passed, get remote-damaged');
    server.fault = ({ operation }) => (operation === 'PutObject' ? 'drop-after' : null);
    expect(states(await tried())).toBe('reach passed, list passed, put remote-unreachable');
    expect(await server.keys()).toEqual([]);
  });

  // Catches: a stop in the middle that leaves the probe.
  it('is left as it was when the test is stopped, or nobody wants the rest of it', async () => {
    for await (const { name, state } of testBucket(server.remote(), ada.secretAccessKey, 'ada')) {
      if (name === 'put' && state === 'passed') break;
    }
    expect(await server.keys()).toEqual([]);
    const stop = new AbortController();
    server.fault = ({ operation }) => {
      if (operation === 'GetObject') stop.abort();
      return null;
    };
    const steps = await ended(testBucket(server.remote(), ada.secretAccessKey, 'ada', { signal: stop.signal }));
    expect(states(steps)).toBe('reach passed, list passed, put passed, get cancelled');
    expect(await server.keys()).toEqual([]);
  });
});

describe('a bucket over TLS', () => {
  let certificates: TestCertificates;
  beforeAll(async () => void (certificates = await makeCertificates()));

  // Catches: a certificate that nobody checked, and an authority of one's own that is not taken.
  it('is used only with a certificate that is right', async () => {
    const trial = async (name: 'server' | 'otherName' | 'expired', authority: string | null) => {
      const secure = await startBucketServer({ certificate: certificates[name] });
      const steps = await tried({ authority }, ada.secretAccessKey, secure);
      expect(secure.requests.length > 0).toBe(states(steps).startsWith('reach passed'));
      await secure.close();
      return steps;
    };
    const good = await trial('server', certificates.authority);
    expect(good.every(({ state }) => state === 'passed')).toBe(true);
    expect(good[0]?.detail).toMatch(/, TLS, certificate verified$/);
    expect(states(await trial('server', null))).toBe('reach remote-tls');
    expect(states(await trial('otherName', certificates.authority))).toBe('reach remote-tls');
    expect(states(await trial('expired', certificates.authority))).toBe('reach remote-tls');
  });
});
