/** A process that uploads one file and can be killed at any time: it keeps its note in a file, as a computer does. */
import { writeFile } from 'node:fs/promises';
import { openBucket } from '../../electron/adapters/s3/blob-store.ts';
import { bucketRemoteSchema } from '../../shared/remotes.ts';

const [remote = '', secretAccessKey = '', userId = '', address = '', path = '', notePath = ''] = process.argv.slice(2);
const store = openBucket(bucketRemoteSchema.parse(JSON.parse(remote)), secretAccessKey, userId);
await store.put(address, path, address, { onNote: (note) => writeFile(notePath, JSON.stringify(note)) });
store.close();
