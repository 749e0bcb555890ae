// Steps of one order must be handled in their order, those of different orders side by side: a consistent hash exchange
// gives every order id one of four queues, and each queue has one worker at a time. Workers are killed at work, and the
// shop checks what they report: created, paid, stock, for every order.
const { fork } = require('node:child_process')
const path = require('node:path')
const amqplib = require('amqplib')

const url = process.env.AMQP_URL || 'amqp://localhost'
const orderCount = Number(process.argv[2] || 100)
const workersPerQueue = Number(process.argv[3] || 2) // the second one stands by

const exchange = 'shop.orders'
const queues = ['shop.worker.1', 'shop.worker.2', 'shop.worker.3', 'shop.worker.4']
const steps = ['created', 'paid', 'stock']
const orders = Array.from({ length: orderCount }, (_, index) => `order-${index + 1}`)

const reports = []
const workers = new Set()
let killed = 0
let finished

async function main() {
  const connection = await amqplib.connect(url)
  const channel = await connection.createConfirmChannel()

  await channel.assertExchange(exchange, 'x-consistent-hash', { durable: true })
  for (const queue of queues) {
    await channel.assertQueue(queue, { durable: true, arguments: { 'x-single-active-consumer': true } })
    await channel.bindQueue(queue, exchange, '10') // the same weight for all
    for (let i = 0; i < workersPerQueue; i++) hire(queue)
  }

  const allReported = new Promise(resolve => {
    finished = resolve
  })
  for (const order of orders)
    for (const step of steps) channel.publish(exchange, order, Buffer.from(step), { persistent: true })
  await channel.waitForConfirms()
  console.log(' [x] Sent %d steps of %d orders', steps.length * orders.length, orders.length)

  await allReported
  for (const worker of workers) worker.removeAllListeners('exit').kill()
  for (const queue of queues) await channel.deleteQueue(queue)
  await channel.deleteExchange(exchange)
  await connection.close()
  check()
}

function hire(queue) {
  const worker = fork(path.join(__dirname, 'worker.js'), [queue])
  workers.add(worker)
  let reported = 0

  worker.on('message', report => {
    reports.push(report)
    reported++
    // It has just handled a step, and maybe has not said so to the broker.
    if (reported === 15 && killed < 2 * queues.length && worker.kill('SIGKILL')) killed++
    if (new Set(reports.map(({ order, step }) => `${order} ${step}`)).size === steps.length * orders.length)
      finished()
  })
  worker.on('exit', () => {
    workers.delete(worker)
    hire(queue)
  })
}

function check() {
  for (const order of orders) {
    const own = reports.filter(report => report.order === order)
    // A step that was handled and not acknowledged is handled again, before the next one.
    const seen = own.map(report => report.step).filter((step, index, all) => step !== all[index - 1])
    if (seen.join() !== steps.join()) throw new Error(`${order} went ${seen.join(', ')}`)
    if (new Set(own.map(report => report.queue)).size !== 1) throw new Error(`${order} changed its queue`)
  }
  console.log(' [x] %d workers died', killed)
  console.log(' [x] Every order was created, paid, and taken from stock, in this order')
}

main()
