// Stands for npm's onnxruntime-node in bench-compare.test: answers with the logits in the file FAKE_LOGITS after a busy loop of 6 * FAKE_MICROSECONDS (an
// identity: 1 *), and notes in FAKE_LOG how it was opened.
'use strict';
const fs = require('fs');
class Tensor {
  constructor(type, data, dims) { Object.assign(this, { type, data, dims }); }
}
exports.Tensor = Tensor;
exports.env = { versions: { node: 'fake' } };
exports.InferenceSession = {
  async create(model, options) {
    fs.appendFileSync(process.env.FAKE_LOG, JSON.stringify({ model, options }) + '\n');
    if (model === 'refused.onnx') throw new Error('cannot read it\nand more');
    const identity = model.endsWith('identity.onnx');
    const logits = new Float32Array(new Uint8Array(fs.readFileSync(process.env.FAKE_LOGITS)).buffer);
    let noted = identity;
    return {
      async run(feeds) {
        if (model === 'dies.onnx') process.exit(3);
        const busy = BigInt(Number(process.env.FAKE_MICROSECONDS) * (identity ? 1 : 6)) * 1000n;
        for (const start = process.hrtime.bigint(); process.hrtime.bigint() - start < busy;);
        if (identity) return { y: feeds.x };
        const { data, dims } = feeds.image;
        if (!noted) fs.writeFileSync(process.env.FAKE_LOG + '.image', Buffer.from(data.buffer, data.byteOffset, data.byteLength));
        noted = true;
        return { logits: new Tensor('float32', logits, [dims[0], 10]) };
      },
    };
  },
};
