// Tutorial 3, publish/subscribe: binds a queue of its own to the exchange, so it sees every log line from now on.
const amqplib = require('amqplib')

const url = process.env.AMQP_URL || 'amqp://localhost'
const exchange = 'logs'

async function main() {
  const connection = await amqplib.connect(url)
  const channel = await connection.createChannel()

  await channel.assertExchange(exchange, 'fanout', { durable: false })
  const { queue } = await channel.assertQueue('', { exclusive: true })
  await channel.bindQueue(queue, exchange, '')
  console.log(' [*] Waiting for messages in %s. To exit press CTRL+C', queue)

  channel.consume(queue, message => console.log(' [x] %s', message.content.toString()), { noAck: true })
}

main()
