/**
 * Rewrites the 4-bit ONNX graph of all-MiniLM-L6-v2 into an int8 one (or a float32 one, to compare with),
 * taking the matrices from the fp16 weights.
 *
 * int8: each `MatMulNBits` becomes DynamicQuantizeLinear (shared by the nodes with the same input) -> MatMulInteger ->
 * Cast -> Mul by input scale x weight scale, a pattern that ONNX Runtime fuses into one kernel; the word embedding is
 * gathered as int8 rows with one scale a row. The result is a pure function of its inputs, so it is pinned by its hash.
 */
import onnxProto from 'onnx-proto';

const { onnx } = onnxProto;
const { DataType } = onnx.TensorProto;

/**
 * Largest weight magnitude, a 7-bit range: processors without VNNI add two uint8 x int8 products in 16 bits with
 * saturation, and 2 x 255 x 63 is the last that fits.
 * https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html#when-and-why-do-i-need-to-try-u8u8
 */
const WEIGHT_RANGE = 63;

/** Rows of the embedding are never multiplied as integers, so they use all of int8. */
const EMBEDDING_RANGE = 127;

/** Largest difference of a tensor that lies in both sources: fp16 rounding of the values that occur here. */
const FP16_TOLERANCE = 5e-4;

/** Number of tensors that lie in both sources: 3 embeddings, a LayerNorm, and 10 biases and norms in each of 6 layers. */
const SHARED_TENSORS = 65;

const WORD_EMBEDDING = '.model.embeddings.word_embeddings.weight';

const moduleNames = {
  'attn.q_proj': 'attention.self.query',
  'attn.k_proj': 'attention.self.key',
  'attn.v_proj': 'attention.self.value',
  'attn.o_proj': 'attention.output.dense',
  'mlp.fc1': 'intermediate.dense',
  'mlp.fc2': 'output.dense',
};

/**
 * The name in the safetensors file of a tensor of the graph.
 *
 * @param {string} name such as `model.layers.3.mlp.fc1.Add.bias`
 * @returns {string | undefined} such as `encoder.layer.3.intermediate.dense.bias`
 */
export function weightName(name) {
  const embedding = /^\.model\.embeddings\.(\w+)\.weight$/.exec(name);
  if (embedding) return `embeddings.${embedding[1]}.weight`;
  const layer = /^model\.layers\.(-?\d+)\.(.+)\.(\w+)$/.exec(name);
  if (!layer) return undefined;
  const [, number, module, kind] = layer;
  if (module === 'embeddings_norm_layernorm') return `embeddings.LayerNorm.${kind}`;
  if (module === 'attention_output_norm_layernorm') return `encoder.layer.${number}.attention.output.LayerNorm.${kind}`;
  if (module === 'mlp_output_norm_layernorm') return `encoder.layer.${number}.output.LayerNorm.${kind}`;
  const linear = moduleNames[module.replace(/\.(Add|MatMul)$/, '')];
  return linear && `encoder.layer.${number}.${linear}.${kind.replace(/_Q4$/, '')}`;
}

/**
 * @param {{ graph: Buffer, graphData: Buffer, weights: (name: string) => { shape: number[], values: Float32Array },
 *   precision: 'int8' | 'float32' }} sources
 * @returns {Uint8Array} the ONNX file
 */
export function rewriteGraph({ graph: bytes, graphData, weights, precision }) {
  const model = onnx.ModelProto.decode(bytes);
  const { graph } = model;
  const float = precision === 'float32';

  const kept = graph.initializer.filter((tensor) => !/_(Q4|scales)$/.test(tensor.name));
  for (const tensor of kept) inlineData(tensor, graphData);
  checkAgreement(kept, weights);

  const initializers = [];
  for (const tensor of kept) {
    if (tensor.name === WORD_EMBEDDING && !float) initializers.push(...quantizedRows(tensor));
    else initializers.push(tensor);
  }

  const nodes = [];
  const quantizedInputs = new Map();
  for (const node of graph.node) {
    if (node.opType === 'MatMulNBits') {
      const matrix = weights(weightName(node.input[1]));
      const name = node.output[0];
      if (float) {
        initializers.push(floatTensor(`${name}_weight`, transposed(matrix), [...matrix.shape].reverse()));
        nodes.push(makeNode('MatMul', [node.input[0], `${name}_weight`], [name]));
      } else {
        const { tensors, nodes: made } = quantizedMatMul(node, matrix, quantizedInputs);
        initializers.push(...tensors);
        nodes.push(...made);
      }
    } else if (node.opType === 'Gather' && node.input[0] === WORD_EMBEDDING && !float) {
      nodes.push(...quantizedGather(node));
    } else {
      nodes.push(node);
    }
  }

  graph.initializer = initializers;
  graph.node = nodes;
  graph.valueInfo = [];
  model.producerName = 'quire';
  return onnx.ModelProto.encode(model).finish();
}

/** Takes a tensor's bytes out of the side file and into the graph. */
function inlineData(tensor, graphData) {
  const place = Object.fromEntries(tensor.externalData.map(({ key, value }) => [key, value]));
  if (place.location === undefined) return;
  const start = Number(place.offset);
  tensor.rawData = new Uint8Array(graphData.subarray(start, start + Number(place.length)));
  tensor.externalData = [];
  tensor.dataLocation = onnx.TensorProto.DataLocation.DEFAULT;
}

/** Refuses two sources that are not the same model: every tensor that lies in both must agree to fp16 rounding. */
function checkAgreement(tensors, weights) {
  let compared = 0;
  for (const tensor of tensors) {
    if (tensor.dataType !== DataType.FLOAT || tensor.dims.length === 0) continue;
    const name = weightName(tensor.name);
    if (!name) throw new Error(`The graph's tensor “${tensor.name}” has no counterpart in the weights.`);
    const mine = floats(tensor);
    const theirs = weights(name).values;
    let difference = mine.length === theirs.length ? 0 : Infinity;
    for (let i = 0; i < mine.length; i++) difference = Math.max(difference, Math.abs(mine[i] - theirs[i]));
    if (!(difference <= FP16_TOLERANCE)) {
      throw new Error(`Graph and weights disagree on “${tensor.name}” by ${difference}: they are not the same model.`);
    }
    compared++;
  }
  if (compared !== SHARED_TENSORS) {
    throw new Error(
      `Graph and weights share ${compared} tensors, not ${SHARED_TENSORS}: not the model that was expected.`,
    );
  }
}

/** A linear layer in int8: symmetric, one scale per output channel, the input quantised as it comes. */
function quantizedMatMul(node, { shape, values }, quantizedInputs) {
  const [outputs, inputs] = shape;
  const [input] = node.input;
  const [output] = node.output;
  const quantized = new Int8Array(inputs * outputs);
  const scales = new Float32Array(outputs);
  for (let o = 0; o < outputs; o++) {
    const row = values.subarray(o * inputs, (o + 1) * inputs);
    const scale = rowScale(row, WEIGHT_RANGE);
    scales[o] = scale;
    for (let i = 0; i < inputs; i++) quantized[i * outputs + o] = quantize(row[i], scale, WEIGHT_RANGE);
  }
  const nodes = [];
  if (!quantizedInputs.has(input)) {
    const names = [`${input}_quantized`, `${input}_scale`, `${input}_zero_point`];
    nodes.push(makeNode('DynamicQuantizeLinear', [input], names));
    quantizedInputs.set(input, names);
  }
  const [data, scale, zeroPoint] = quantizedInputs.get(input);
  nodes.push(
    makeNode('MatMulInteger', [data, `${output}_weight`, zeroPoint, 'weight_zero_point'], [`${output}_integer`]),
    makeNode('Cast', [`${output}_integer`], [`${output}_cast`], [intAttribute('to', DataType.FLOAT)]),
    makeNode('Mul', [scale, `${output}_weight_scale`], [`${output}_scale`]),
    makeNode('Mul', [`${output}_cast`, `${output}_scale`], [output]),
  );
  const tensors = [
    int8Tensor(`${output}_weight`, quantized, [inputs, outputs]),
    floatTensor(`${output}_weight_scale`, scales, [outputs]),
  ];
  return { nodes, tensors };
}

/** The word embedding as int8 rows, each with its own scale; also the zero point that every MatMulInteger shares. */
function quantizedRows(tensor) {
  const [rows, width] = tensor.dims.map(Number);
  const values = floats(tensor);
  const quantized = new Int8Array(rows * width);
  const scales = new Float32Array(rows);
  for (let r = 0; r < rows; r++) {
    const row = values.subarray(r * width, (r + 1) * width);
    scales[r] = rowScale(row, EMBEDDING_RANGE);
    for (let i = 0; i < width; i++) quantized[r * width + i] = quantize(row[i], scales[r], EMBEDDING_RANGE);
  }
  return [
    int8Tensor('weight_zero_point', new Int8Array(1), []),
    int8Tensor(`${tensor.name}_quantized`, quantized, [rows, width]),
    floatTensor(`${tensor.name}_scale`, scales, [rows, 1]),
  ];
}

function quantizedGather(node) {
  const [table, ids] = node.input;
  const [output] = node.output;
  return [
    makeNode('Gather', [`${table}_quantized`, ids], [`${output}_quantized`]),
    makeNode('Cast', [`${output}_quantized`], [`${output}_cast`], [intAttribute('to', DataType.FLOAT)]),
    makeNode('Gather', [`${table}_scale`, ids], [`${output}_scale`]),
    makeNode('Mul', [`${output}_cast`, `${output}_scale`], [output]),
  ];
}

function rowScale(row, range) {
  let largest = 0;
  for (const value of row) largest = Math.max(largest, Math.abs(value));
  // Rounded to float32 here, because that is what the graph multiplies by.
  return Math.fround(largest / range) || 1;
}

function quantize(value, scale, range) {
  return Math.max(-range, Math.min(range, Math.round(value / scale)));
}

function transposed({ shape: [rows, columns], values }) {
  const result = new Float32Array(values.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) result[c * rows + r] = values[r * columns + c];
  return result;
}

function floats(tensor) {
  const bytes = tensor.rawData;
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

function makeNode(opType, input, output, attribute = []) {
  return new onnx.NodeProto({ name: `${output[0]}/${opType}`, opType, input, output, attribute });
}

function intAttribute(name, value) {
  return new onnx.AttributeProto({ name, type: onnx.AttributeProto.AttributeType.INT, i: value });
}

function floatTensor(name, values, dims) {
  return tensorOf(name, values, dims, DataType.FLOAT);
}

function int8Tensor(name, values, dims) {
  return tensorOf(name, values, dims, DataType.INT8);
}

function tensorOf(name, values, dims, dataType) {
  const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return new onnx.TensorProto({ name, dims, dataType, rawData });
}
