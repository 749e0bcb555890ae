// Tutorial 6, RPC: asks for a Fibonacci number and waits for the answer on the direct reply-to pseudo-queue.
const { randomUUID } = require('node:crypto')
const amqplib = require('amqplib')

const url = process.env.AMQP_URL || 'amqp://localhost'
const queue = 'rpc_queue'
const replyTo = 'amq.rabbitmq.reply-to'
const n = Number.parseInt(process.argv[2], 10)

if (Number.isNaN(n)) {
  console.log('Usage: rpc_client.js num')
  process.exit(1)
}

async function main() {
  const connection = await amqplib.connect(url)
  const channel = await connection.createChannel()
  const correlationId = randomUUID()
  console.log(' [x] Requesting fib(%d)', n)

  const answer = await new Promise(resolve => {
    // Replies come without acknowledgement, and on the channel that asks: so first consume, then send.
    channel.consume(
      replyTo,
      reply => {
        if (reply.properties.correlationId === correlationId) resolve(reply.content.toString())
      },
      { noAck: true },
    )
    channel.sendToQueue(queue, Buffer.from(String(n)), { correlationId, replyTo })
  })

  console.log(' [.] Got %s', answer)
  await connection.close()
}

main()
