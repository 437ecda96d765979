// A client that knows the Open Inference Protocol and nothing of the server: it asks what there is, and asks for it.
//
//     node client.mjs http://localhost:8080
import assert from "node:assert/strict";

const url = process.argv[2];

async function get(path) {
  const answer = await fetch(url + path);
  return [answer.status, await answer.json()];
}

// infer posts a request with tensors, which are {name, shape, data}, in JSON or in binary, and returns the outputs by name.
async function infer(path, tensors, { binary = false, outputs, parameters, id } = {}) {
  const blocks = [];
  const inputs = tensors.map(({ name, shape, datatype, data }) => {
    if (!binary) return { name, shape, datatype, data: Array.from(data) };
    const block = Buffer.alloc(4 * data.length);
    data.forEach((v, i) => block.writeFloatLE(v, 4 * i));
    blocks.push(block);
    return { name, shape, datatype, parameters: { binary_data_size: block.length } };
  });
  const head = Buffer.from(JSON.stringify({ id, inputs, outputs, parameters }));
  const headers = { "Content-Type": "application/json" };
  if (binary) {
    headers["Content-Type"] = "application/octet-stream";
    headers["Inference-Header-Content-Length"] = String(head.length);
  }
  const answer = await fetch(url + path, { method: "POST", headers, body: Buffer.concat([head, ...blocks]) });
  const body = Buffer.from(await answer.arrayBuffer());
  const length = Number(answer.headers.get("Inference-Header-Content-Length") ?? body.length);
  const json = JSON.parse(body.subarray(0, length));
  let at = length;
  const result = { status: answer.status, json, outputs: {} };
  for (const output of json.outputs ?? []) {
    const size = output.parameters?.binary_data_size;
    if (size !== undefined) {
      output.data = [];
      for (let i = 0; i < size; i += 4) output.data.push(body.readFloatLE(at + i));
      at += size;
    }
    assert.equal(output.data.length, output.shape.reduce((a, b) => a * b, 1));
    result.outputs[output.name] = { ...output, data: Float32Array.from(output.data) };
  }
  assert.equal(at, body.length);
  return result;
}

const [status, server] = await get("/v2");
assert.equal(status, 200);
assert(server.extensions.includes("binary_tensor_data"));
for (const path of ["/v2/health/live", "/v2/health/ready"]) assert.equal((await get(path))[0], 200);

const name = process.argv[3] ?? "digits";
const [, model] = await get(`/v2/models/${name}`);
assert.equal(model.name, name);
for (const version of ["", ...model.versions.map((v) => `/versions/${v}`)]) {
  const path = `/v2/models/${name}${version}`;
  assert.equal((await get(path + "/ready"))[0], 200);
  assert.deepEqual((await get(path))[1], model);

  // All inputs, with three rows where any number will do.
  const rows = 3;
  const tensors = model.inputs.map(({ name, datatype, shape }) => {
    shape = shape.map((d) => (d === -1 ? rows : d));
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => ((i * 7) % 17) / 16);
    return { name, datatype, shape, data };
  });
  const id = "a \"quoted\" id, in 日本語";
  const all = await infer(path + "/infer", tensors, { id });
  assert.equal(all.status, 200);
  assert.equal(all.json.id, id);
  assert.equal(all.json.model_name, name);
  for (const [name, output] of Object.entries(all.outputs)) {
    const described = model.outputs.find((o) => o.name === name);
    assert.equal(output.datatype, described.datatype);
    described.shape.forEach((d, i) => assert(d === -1 || d === output.shape[i]));
    assert.equal(output.shape[0], rows);
  }

  // Each output by its name, both ways in and both ways out, is the same.
  for (const { name } of model.outputs) {
    let first;
    for (const binary of [false, true]) {
      for (const binary_data of [false, true]) {
        const one = await infer(path + "/infer", tensors, { binary, outputs: [{ name, parameters: { binary_data } }] });
        assert.deepEqual(Object.keys(one.outputs), [name]);
        assert.equal(one.outputs[name].data.length > 0, true);
        first ??= one.outputs[name].data;
        assert.deepEqual(one.outputs[name].data, first);
      }
    }
    if (all.outputs[name]) assert.deepEqual(first, all.outputs[name].data);
  }
  const binary = await infer(path + "/infer", tensors, { parameters: { binary_data_output: true } });
  assert.deepEqual(Object.keys(binary.outputs), Object.keys(all.outputs));
  for (const name in all.outputs) assert.deepEqual(binary.outputs[name].data, all.outputs[name].data);

  // Probabilities are some.
  const p = all.outputs.probabilities;
  for (let r = 0; r < rows; r++) {
    const sum = p.data.subarray((r * p.data.length) / rows, ((r + 1) * p.data.length) / rows).reduce((a, b) => a + b);
    assert(Math.abs(sum - 1) < 1e-5);
  }

  // What is wrong is said.
  const wrong = await infer(path + "/infer", [{ ...tensors[0], shape: [1, 1] }]);
  assert(wrong.status >= 400 && wrong.status < 500 && wrong.json.error.length > 0);
}
assert.equal((await get(`/v2/models/${name}/versions/none`))[0], 404);
console.log("all is as the protocol says");
