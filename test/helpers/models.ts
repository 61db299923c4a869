/** Where the set-up puts what is built in, and how pipeline hosts are told. */
import { join } from 'node:path';
import { repositoryRoot } from './app.ts';

const folder = join(repositoryRoot, '.cache', 'models');

/** The embedding model. */
export const modelDirectory = process.env['QUIRE_MODEL_DIR'] ?? join(folder, 'all-MiniLM-L6-v2-int8');

/** English for recognition. */
export const recognitionDirectory = process.env['QUIRE_RECOGNITION_DIR'] ?? join(folder, 'tessdata-fast-eng');

export const modelEnvironment = { QUIRE_MODEL_DIR: modelDirectory, QUIRE_RECOGNITION_DIR: recognitionDirectory };
