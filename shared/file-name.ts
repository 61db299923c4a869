/** A file's name in a path. Pure. */

/** After either separator: a library may come from another kind of machine. */
export function fileNameOf(path: string): string {
  return path.slice(1 + Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')));
}
