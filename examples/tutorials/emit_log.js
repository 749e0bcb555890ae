// Tutorial 3, publish/subscribe: shows one log line to every receive_logs.js that is running, or to nobody.
const amqplib = require('amqplib')

const url = process.env.AMQP_URL || 'amqp://localhost'
const exchange = 'logs'
const text = process.argv.slice(2).join(' ') || 'Hello World!'

async function main() {
  const connection = await amqplib.connect(url)
  const channel = await connection.createChannel()

  await channel.assertExchange(exchange, 'fanout', { durable: false })
  channel.publish(exchange, '', Buffer.from(text))
  console.log(' [x] Sent %s', text)

  setTimeout(() => {
    connection.close()
    process.exit(0)
  }, 500)
}

main()
