// SPDX-License-Identifier: LGPL-2.1-or-later
//
//     node onnxruntime.cjs FOLDER_OF_NODE_MODULES MODEL.onnx THREADS SECONDS
//
// prints the milliseconds that ONNX Runtime (npm package onnxruntime-node) takes for a frame, median.
'use strict'

const path = require('path')

async function main () {
  const [modules, model, threads, seconds] = process.argv.slice(2)
  const ort = require(path.join(path.resolve(modules), 'onnxruntime-node'))
  const session = await ort.InferenceSession.create(model, {
    intraOpNumThreads: Number(threads),
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all'
  })
  const shape = session.inputMetadata[0].shape
  const size = shape.reduce((product, length) => product * length, 1)
  const input = new ort.Tensor('float32', Float32Array.from({ length: size }, (_, i) => (i * 7919 % 256) / 128 - 1), shape)
  const feeds = { [session.inputNames[0]]: input }
  await session.run(feeds)
  const times = []
  const end = performance.now() + 1000 * Number(seconds)
  while (times.length < 2 || performance.now() < end) {
    const start = performance.now()
    await session.run(feeds)
    times.push(performance.now() - start)
  }
  times.sort((a, b) => a - b)
  console.log(times[Math.floor(times.length / 2)].toFixed(2))
}

main().catch(error => {
  console.error(String(error))
  process.exit(1)
})
