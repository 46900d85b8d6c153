// Loaded into the server by the fuzz run: collects garbage when asked and tells what is left. Needs --expose-gc.
process.on('message', (wanted) => {
  if (wanted !== 'memory') return;
  for (let round = 0; round < 3; round++) globalThis.gc();
  process.send(process.memoryUsage());
});
// Being asked is no reason to stay alive.
process.channel.unref();
