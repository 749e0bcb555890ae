// Tutorial 6, RPC: answers requests for Fibonacci numbers, each to the address its sender gave.
const amqplib = require('amqplib')

const url = process.env.AMQP_URL || 'amqp://localhost'
const queue = 'rpc_queue'

async function main() {
  const connection = await amqplib.connect(url)
  const channel = await connection.createChannel()

  await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } })
  channel.prefetch(1)
  console.log(' [x] Awaiting RPC requests')

  channel.consume(queue, request => {
    const n = Number.parseInt(request.content.toString(), 10)
    console.log(' [.] fib(%d)', n)

    const { replyTo, correlationId } = request.properties
    channel.sendToQueue(replyTo, Buffer.from(String(fibonacci(n))), { correlationId })
    channel.ack(request)
  })
}

function fibonacci(n) {
  let [a, b] = [0, 1]
  for (let i = 0; i < n; i++) [a, b] = [b, a + b]
  return a
}

main()
