// Tutorial 5, topics: sends a log line under a key of words, such as kern.critical.
const amqplib = require('amqplib')

const url = process.env.AMQP_URL || 'amqp://localhost'
const exchange = 'topic_logs'
const [key = 'anonymous.info', ...words] = process.argv.slice(2)
const text = words.join(' ') || 'Hello World!'

async function main() {
  const connection = await amqplib.connect(url)
  const channel = await connection.createChannel()

  await channel.assertExchange(exchange, 'topic', { durable: false })
  channel.publish(exchange, key, Buffer.from(text))
  console.log(" [x] Sent %s: '%s'", key, text)

  setTimeout(() => {
    connection.close()
    process.exit(0)
  }, 500)
}

main()
