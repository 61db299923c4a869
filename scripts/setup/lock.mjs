/**
 * One set-up at a time in a clone: `npm start` and `npm test` side by side would install into the same folders.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './log.mjs';
import { cacheDirectory } from './paths.mjs';

const lockFile = join(cacheDirectory, 'setup.lock');

/** How often a waiting set-up looks again, in milliseconds. */
const POLL_INTERVAL = 250;

/**
 * Runs `work` while no other set-up of this clone runs. A lock whose owner has died is taken over.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withSetupLock(work) {
  mkdirSync(cacheDirectory, { recursive: true });
  for (let told = false; !acquire(); told = true) {
    if (!told) say(`Another set-up of this folder is running; waiting for it (if there is none, delete ${lockFile}) …`);
    await sleep(POLL_INTERVAL);
  }
  const release = () => rmSync(lockFile, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

function acquire() {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (ownerLives()) return false;
  rmSync(lockFile, { force: true });
  return false;
}

function ownerLives() {
  try {
    process.kill(Number(readFileSync(lockFile, 'utf8')), 0);
    return true;
  } catch (error) {
    // EPERM: it lives, as another user.
    return error.code === 'EPERM';
  }
}
