/** Parts of one user's documents in Postgres: `RemoteParts`, put together. */
import type { RemoteParts } from '../../sync/ports/remote-parts.ts';
import { remoteFiles } from './remote-files.ts';
import { remoteReadings, type PartsContext } from './remote-readings.ts';
import { remoteVectors } from './remote-vectors.ts';

/** Its session is closed by whoever opened it. */
export function openRemoteParts(context: PartsContext): RemoteParts {
  return { ...remoteReadings(context), ...remoteVectors(context), ...remoteFiles(context) };
}
