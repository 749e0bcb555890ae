// Tutorial 4, routing: one binding per severity named on the command line; other severities never arrive.
const amqplib = require('amqplib')

const url = process.env.AMQP_URL || 'amqp://localhost'
const exchange = 'direct_logs'
const severities = process.argv.slice(2)

if (severities.length === 0) {
  console.log('Usage: receive_logs_direct.js [info] [warning] [error]')
  process.exit(1)
}

async function main() {
  const connection = await amqplib.connect(url)
  const channel = await connection.createChannel()

  await channel.assertExchange(exchange, 'direct', { durable: false })
  const { queue } = await channel.assertQueue('', { exclusive: true })
  for (const severity of severities) await channel.bindQueue(queue, exchange, severity)
  console.log(' [*] Waiting for logs. To exit press CTRL+C')

  channel.consume(
    queue,
    message => console.log(" [x] %s: '%s'", message.fields.routingKey, message.content.toString()),
    { noAck: true },
  )
}

main()
