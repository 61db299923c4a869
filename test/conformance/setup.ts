/** One PostgreSQL for all tests of conformance; each makes a database and roles of its own. */
import type { TestProject } from 'vitest/node';
import { startCluster, type PostgresAccess } from '../helpers/postgres-cluster.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgres: PostgresAccess;
  }
}

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const cluster = await startCluster();
  provide('postgres', cluster.access);
  return () => cluster.stop();
}
