// Tutorial 1, "Hello World!": prints every message of a queue. Ctrl+C ends it.
const amqplib = require('amqplib')

const url = process.env.AMQP_URL || 'amqp://localhost'
const queue = 'hello'

async function main() {
  const connection = await amqplib.connect(url)
  const channel = await connection.createChannel()

  await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } })
  console.log(' [*] Waiting for messages in %s. To exit press CTRL+C', queue)

  channel.consume(queue, message => console.log(' [x] Received %s', message.content.toString()), {
    noAck: true,
  })
}

main()
