/** What the documents of an account name: objects in the bucket, and embedders whose vectors are in the database. */
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { isFileRegister, register } from '../entity.ts';
import type { AccountRows } from '../ports/account-rows.ts';
import type { VectorSpace } from '../ports/remote-parts.ts';

export interface NamedObject {
  readonly address: string;
  /** SHA-256 of the bytes in the bucket, hex; of a sealed one it may be another sealing's. */
  readonly sha256: string;
  /** Bytes in the bucket. */
  readonly size: number;
  readonly sealed: boolean;
  readonly documentId: string;
}

export interface Named {
  /** In the order of addresses, each once. */
  readonly objects: readonly NamedObject[];
  readonly spaces: readonly VectorSpace[];
}

/** Documents that are read at once. */
const pageSize = 500;

const fileSchema = z.object({
  value: z.object({ address: z.string(), objectHash: z.string(), size: z.number(), sealed: z.boolean() }),
});
const registersSchema = z.record(z.string(), z.unknown());

/** Errors: as `AccountRows`; `remote-damaged` for registers that are no JSON. */
export async function findNamed(rows: AccountRows, userId: string, signal?: AbortSignal): Promise<Named> {
  const objects = new Map<string, NamedObject>();
  const fingerprints = new Set<string>();
  const prefix = register.vectors('');
  for (let after = ''; ;) {
    const page = await rows.documents(userId, after, pageSize, signal);
    for (const document of page) {
      const registers = parse(document.id, document.registers);
      for (const name of Object.keys(registers).filter(isFileRegister)) {
        const file = fileSchema.safeParse(registers[name]);
        if (!file.success) continue;
        const { address, objectHash, size, sealed } = file.data.value;
        objects.set(address, { address, sha256: objectHash, size, sealed, documentId: document.id });
      }
      for (const name of Object.keys(registers)) {
        if (name.startsWith(prefix)) fingerprints.add(name.slice(prefix.length));
      }
    }
    const last = page.at(-1);
    if (!last || page.length < pageSize) break;
    after = last.id;
  }
  const spaces: VectorSpace[] = [];
  for (const fingerprint of [...fingerprints].sort()) {
    const dimensions = await rows.dimensions(fingerprint, signal);
    if (dimensions !== null) spaces.push({ fingerprint, dimensions });
  }
  return { objects: [...objects.values()].sort((a, b) => (a.address < b.address ? -1 : 1)), spaces };
}

function parse(documentId: string, text: string): Readonly<Record<string, unknown>> {
  try {
    return registersSchema.parse(JSON.parse(text));
  } catch (thrown) {
    throw new AppError(
      'remote-damaged',
      `What the library to copy from has of the document ${documentId} is damaged.`,
      {
        cause: thrown,
      },
    );
  }
}
