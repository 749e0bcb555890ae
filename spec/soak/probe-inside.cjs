/** Loaded into the broker under test: answers what its heap is after a collection, and what keeps its event loop busy. */
const { isMainThread } = require('node:worker_threads')

if (isMainThread && process.send !== undefined) {
  process.on('message', () => {
    global.gc?.()
    const { heapUsed, external, rss } = process.memoryUsage()
    const { user, system } = process.cpuUsage()
    const handles = {}
    for (const name of process.getActiveResourcesInfo()) handles[name] = (handles[name] ?? 0) + 1
    process.send({ heapUsed, external, rss, cpuMs: (user + system) / 1000, handles })
  })
  process.channel.unref()
}
