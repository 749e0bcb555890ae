// Tutorial 5, topics: one binding per pattern on the command line; * stands for one word, # for any number of them.
const amqplib = require('amqplib')

const url = process.env.AMQP_URL || 'amqp://localhost'
const exchange = 'topic_logs'
const patterns = process.argv.slice(2)

if (patterns.length === 0) {
  console.log('Usage: receive_logs_topic.js <facility>.<severity>')
  process.exit(1)
}

async function main() {
  const connection = await amqplib.connect(url)
  const channel = await connection.createChannel()

  await channel.assertExchange(exchange, 'topic', { durable: false })
  const { queue } = await channel.assertQueue('', { exclusive: true })
  for (const pattern of patterns) await channel.bindQueue(queue, exchange, pattern)
  console.log(' [*] Waiting for logs. To exit press CTRL+C')

  channel.consume(
    queue,
    message => console.log(" [x] %s:'%s'", message.fields.routingKey, message.content.toString()),
    { noAck: true },
  )
}

main()
