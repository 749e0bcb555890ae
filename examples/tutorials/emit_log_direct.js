// Tutorial 4, routing: sends a log line under its severity, for those who asked for that severity.
const amqplib = require('amqplib')

const url = process.env.AMQP_URL || 'amqp://localhost'
const exchange = 'direct_logs'
const [severity = 'info', ...words] = process.argv.slice(2)
const text = words.join(' ') || 'Hello World!'

async function main() {
  const connection = await amqplib.connect(url)
  const channel = await connection.createChannel()

  await channel.assertExchange(exchange, 'direct', { durable: false })
  channel.publish(exchange, severity, Buffer.from(text))
  console.log(" [x] Sent %s: '%s'", severity, text)

  setTimeout(() => {
    connection.close()
    process.exit(0)
  }, 500)
}

main()
