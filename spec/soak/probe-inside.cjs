/**
 * Loaded into the broker under test: answers what its heap is after a collection, and what keeps its event loop busy; or
 * writes a heap snapshot to a file, when it is asked with the path of one.
 */
const { isMainThread } = require('node:worker_threads')
const { writeHeapSnapshot } = require('node:v8')

if (isMainThread && process.send !== undefined) {
  process.on('message', question => {
    if (question === 'vitals') process.send(vitals())
    else process.send(writeHeapSnapshot(question))
  })
  process.once('disconnect', () => process.exit(0)) // nobody is left to stop it
  process.channel.unref()
}

function vitals() {
  global.gc?.()
  const { heapUsed, external, rss } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  const handles = {}
  for (const name of process.getActiveResourcesInfo()) handles[name] = (handles[name] ?? 0) + 1
  return { heapUsed, external, rss, cpuMs: (user + system) / 1000, handles }
}
