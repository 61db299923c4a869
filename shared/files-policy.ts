/** Which files of other computers come here; apart from sync-view.ts, since the window begins without zod. */
import { z } from 'zod';

/** Which files this computer has. */
export const filesPolicySchema = z.object({
  /** `all`: they come by themselves; `on-demand`: when a document is opened, or kept offline. */
  files: z.enum(['all', 'on-demand']),
  /** Bytes that files from other computers may take here, the least recently used go first; null for no limit. */
  limit: z.number().int().min(100_000_000).max(10_000_000_000_000).nullable(),
});
export type FilesPolicy = z.infer<typeof filesPolicySchema>;
