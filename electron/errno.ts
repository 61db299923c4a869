/** The code of a system's error, `ENOENT` for one; null for what has none. */
export function errno(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
