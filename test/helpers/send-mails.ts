/** Run as a process of its own, to be killed: sends the mails that wait in a folder's registry, prints what is left. */
import { openTestMail } from './mail.ts';

const [folder = ''] = process.argv.slice(2);
const { service, registry, close } = await openTestMail(folder);
service.start();
await service.idle();
console.log(JSON.stringify(await registry.mails.unsent()));
await close();
