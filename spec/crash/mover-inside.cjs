/**
 * Loaded into the broker under test before anything else: while there is a queue `moving`, moves messages between moved-0
 * and moved-1, all or some, picked ones, by way of an exchange, called off half way; and looks into queues all the time.
 * No request asks for it, so that it is under way at whatever moment the broker is killed.
 */
const { isMainThread } = require('node:worker_threads')

const MOVED = ['moved-0', 'moved-1']
const MOVING = 'moving'
const LOOKED_INTO = [...MOVED, 'bulk-0', 'bulk-1', 'bulk-2', 'taken']
const ASKER = {}

if (isMainThread) watch()

function watch() {
  const { Broker } = require('../../dist/broker/broker.js')
  const { moveMessages } = require('../../dist/broker/move.js')
  const { browse } = require('../../dist/queues/browse.js')
  const { recover } = Broker.prototype
  Broker.prototype.recover = function (...stored) {
    const result = recover.apply(this, stored)
    const vhost = this.vhosts.get('/')
    const again = run => setTimeout(() => step(run), below(30)).unref()
    const step = async run => {
      if (vhost.queues.has(MOVING)) await run(vhost)
      again(run)
    }
    again(vhost => move(vhost, moveMessages))
    again(vhost => look(vhost, browse))
    return result
  }
}

async function move(vhost, moveMessages) {
  const from = below(2)
  const other = MOVED[1 - from]
  const { ready } = vhost.requireQueue(MOVED[from])
  const destination = below(3) === 0 ? { exchange: '', routingKey: other } : { queue: other }
  const request = { destination }
  if (below(2) === 0) request.count = 1 + below(2000)
  if (below(4) === 0) {
    const { head, tail } = ready
    request.positions = Array.from({ length: 1 + below(50) }, () => head + below(tail - head + 1))
  }
  const transfer = moveMessages(vhost, MOVED[from], request, ASKER)
  if (below(5) === 0) setTimeout(() => transfer.cancel(), below(20)).unref()
  await transfer.done
}

async function look(vhost, browse) {
  const queue = vhost.queues.get(LOOKED_INTO[below(LOOKED_INTO.length)])
  if (queue === undefined) return
  const state = ['ready', 'unacked', 'all'][below(3)]
  const search = below(3) === 0 ? String(below(10)) : undefined
  const request = { state, offset: below(5000), limit: 1 + below(100), truncate: 100 }
  await browse(queue, search === undefined ? request : { ...request, search })
}

function below(limit) {
  return Math.floor(Math.random() * limit)
}
