/** Which modules a module of the app reaches: by imports of any kind, but not by starting a thread or a process. */
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';

/** `import … from 'x'`, `export … from 'x'`, `import 'x'` and `import('x')`, as Prettier and the bundler write them. */
const importing = /(?:^|[\s;}])(?:import|export)\s*(?:[\w$*{][^'"`;]*?from\s*)?\(?\s*(['"])([^'"\n]+)\1/g;

export interface ModuleGraph {
  /** Absolute paths, the entry among them. */
  readonly files: ReadonlySet<string>;
  /** Names as imported, such as `pg` or `node:fs`, each with the file that names it first. */
  readonly packages: ReadonlyMap<string, string>;
}

/** @param entry Absolute path of a source with types, or of a bundle. */
export function moduleGraph(entry: string): ModuleGraph {
  const files = new Set([entry]);
  const packages = new Map<string, string>();
  for (const file of files) {
    for (const name of importedBy(file)) {
      if (name.startsWith('.')) files.add(join(dirname(file), name));
      else if (!packages.has(name)) packages.set(name, file);
    }
  }
  return { files, packages };
}

function importedBy(file: string): string[] {
  if (!/\.(ts|js|mjs)$/.test(file)) return [];
  const text = readFileSync(file, 'utf8');
  // What is a type alone is not there when it runs.
  const code = file.endsWith('.ts') ? stripTypeScriptTypes(text) : text;
  return [...code.matchAll(importing)].flatMap(({ 2: name }) => name ?? []);
}
