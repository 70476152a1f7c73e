// ONNX Runtime, driven by tt-bench through pipes: one JSON command on each line of stdin, one JSON answer on each line of stdout.
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
//   {"command":"open","model":PATH,"threads":N}                            -> {"session":I,"version":TEXT}
//   {"command":"inputs","session":I,"inputs":[{name,type,dims,file}, ...]} -> {}           raw bytes in files, types by ONNX's numbers
//   {"command":"outputs","session":I,"folder":PATH}                        -> {"outputs":[{name,type,dims,file}, ...]}   runs once
//   {"command":"time","session":I,"runs":N}                                -> {"nanoseconds":[...]}                      of each run
//
// A command that fails is answered by {"error":TEXT}. The script ends with its stdin.
'use strict';
const fs = require('fs');
const path = require('path');
const ort = require('onnxruntime-node');

// ONNX's number of a type: its name in ONNX Runtime, and the array that holds it.
const half = typeof Float16Array === 'undefined' ? Uint16Array : Float16Array;
const types = {
  1: ['float32', Float32Array], 2: ['uint8', Uint8Array], 3: ['int8', Int8Array], 4: ['uint16', Uint16Array], 5: ['int16', Int16Array],
  6: ['int32', Int32Array], 7: ['int64', BigInt64Array], 9: ['bool', Uint8Array], 10: ['float16', half], 11: ['float64', Float64Array],
  12: ['uint32', Uint32Array], 13: ['uint64', BigUint64Array],
};
const sessions = [];

function readTensor({ name, type, dims, file }) {
  if (!types[type]) throw new Error(`input '${name}': the JavaScript binding has no element type ${type}`);
  const [typeName, array] = types[type];
  const bytes = fs.readFileSync(file);
  const copy = new ArrayBuffer(bytes.length); // aligned, as a view of a Buffer is not always
  new Uint8Array(copy).set(bytes);
  return new ort.Tensor(typeName, new array(copy), dims);
}

const commands = {
  async open({ model, threads }) {
    const session = await ort.InferenceSession.create(model, {
      intraOpNumThreads: threads, interOpNumThreads: 1, executionMode: 'sequential', graphOptimizationLevel: 'all',
      enableCpuMemArena: true, enableMemPattern: true, logSeverityLevel: 3,
    });
    sessions.push({ session, feeds: {} });
    return { session: sessions.length - 1, version: ort.env.versions.node || ort.env.versions.common };
  },
  async inputs({ session, inputs }) {
    const feeds = {};
    for (const input of inputs) feeds[input.name] = readTensor(input);
    sessions[session].feeds = feeds;
    return {};
  },
  async outputs({ session, folder }) {
    const results = await sessions[session].session.run(sessions[session].feeds);
    const outputs = Object.entries(results).map(([name, tensor], i) => {
      const type = Object.keys(types).find((key) => types[key][0] === tensor.type);
      if (!type) throw new Error(`output '${name}': the element type ${tensor.type} is not known`);
      const file = path.join(folder, `output_${i}.raw`);
      fs.writeFileSync(file, Buffer.from(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength));
      return { name, type: Number(type), dims: tensor.dims.map(Number), file };
    });
    return { outputs };
  },
  async time({ session, runs }) {
    const { session: model, feeds } = sessions[session];
    const nanoseconds = [];
    for (let i = 0; i < runs; ++i) {
      const start = process.hrtime.bigint();
      await model.run(feeds);
      nanoseconds.push(Number(process.hrtime.bigint() - start));
    }
    return { nanoseconds };
  },
};

async function main() {
  for await (const line of require('readline').createInterface({ input: process.stdin })) {
    let answer;
    try {
      const request = JSON.parse(line);
      answer = await commands[request.command](request);
    } catch (error) {
      answer = { error: String(error.message || error).split('\n')[0] };
    }
    process.stdout.write(JSON.stringify(answer) + '\n');
  }
}
main();
