// Tutorial 2, work queues: takes one task at a time and acknowledges it when the work is done. Start several.
const amqplib = require('amqplib')

const url = process.env.AMQP_URL || 'amqp://localhost'
const queue = 'task_queue'

async function main() {
  const connection = await amqplib.connect(url)
  const channel = await connection.createChannel()

  await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } })
  channel.prefetch(1)
  console.log(' [*] Waiting for messages in %s. To exit press CTRL+C', queue)

  channel.consume(
    queue,
    message => {
      const task = message.content.toString()
      const seconds = task.split('.').length - 1
      console.log(' [x] Received %s', task)

      setTimeout(() => {
        console.log(' [x] Done')
        channel.ack(message)
      }, seconds * 1000)
    },
    { noAck: false },
  )
}

main()
