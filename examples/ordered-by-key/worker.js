// One worker of the shop: takes the steps of orders from its queue, one at a time. Several may share a queue: with
// x-single-active-consumer one of them works and the others stand by until it is gone.
const amqplib = require('amqplib')

const url = process.env.AMQP_URL || 'amqp://localhost'
const queue = process.argv[2]

if (queue === undefined) {
  console.log('Usage: worker.js <queue>')
  process.exit(1)
}

async function main() {
  const connection = await amqplib.connect(url)
  const channel = await connection.createChannel()
  channel.prefetch(1)

  channel.consume(queue, message => {
    const step = message.content.toString()
    const order = message.fields.routingKey

    // The work, then the report, then the acknowledgement: a worker that dies in between leaves the step to the next.
    setTimeout(() => report({ queue, order, step }, () => channel.ack(message)), Math.random() * 10)
  })
}

function report(done, then) {
  if (process.send) return process.send(done, then)
  console.log(' [x] %s %s', done.order, done.step)
  then()
}

main()
