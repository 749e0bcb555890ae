// Tutorial 2, work queues: adds a task that outlives the broker. Every dot in its text is a second of work.
const amqplib = require('amqplib')

const url = process.env.AMQP_URL || 'amqp://localhost'
const queue = 'task_queue'
const task = process.argv.slice(2).join(' ') || 'Hello World!'

async function main() {
  const connection = await amqplib.connect(url)
  const channel = await connection.createChannel()

  await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } })
  channel.sendToQueue(queue, Buffer.from(task), { persistent: true })
  console.log(" [x] Sent '%s'", task)

  setTimeout(() => {
    connection.close()
    process.exit(0)
  }, 500)
}

main()
