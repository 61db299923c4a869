/** How the server of a person's own is named: a name or an address, without a port. */
import { z } from 'zod';

/** @param example A server's name of this kind, for who typed something else. */
export function hostName(example: string) {
  return z
    .string()
    .trim()
    .toLowerCase()
    .max(253)
    .regex(/^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|[0-9a-f:]*:[0-9a-f:]*)$/, `A server’s name looks like ${example}.`);
}
