// Tutorial 1, "Hello World!": puts one message into a queue, then leaves.
const amqplib = require('amqplib')

const url = process.env.AMQP_URL || 'amqp://localhost'
const queue = 'hello'
const text = 'Hello World!'

async function main() {
  const connection = await amqplib.connect(url)
  const channel = await connection.createChannel()

  await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } })
  channel.sendToQueue(queue, Buffer.from(text))
  console.log(' [x] Sent %s', text)

  setTimeout(() => {
    connection.close()
    process.exit(0)
  }, 500)
}

main()
