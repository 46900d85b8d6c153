const { isMainThread } = require('node:worker_threads');

// Loaded into the server by the fuzz run: collects garbage when asked and tells what is left. Needs --expose-gc.
// The thread of the read models loads it too, and has nobody to answer.
if (isMainThread) {
  process.on('message', (wanted) => {
    if (wanted !== 'memory') return;
    for (let round = 0; round < 3; round++) globalThis.gc();
    process.send(process.memoryUsage());
  });
  // Being asked is no reason to stay alive.
  process.channel.unref();
}
