/** Opens a library and closes it, as a process of its own that can be killed: `node open-once.ts <library.db>`. */
import { openDatabase } from '../../electron/db/client.ts';

const [path = ''] = process.argv.slice(2);
const database = await openDatabase({ path, exclusive: true });
await database.close();
