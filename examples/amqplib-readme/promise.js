// amqplib's first example, promise API: one connection; one channel consumes, another publishes every second.
const amqplib = require('amqplib')

const url = process.env.AMQP_URL || 'amqp://localhost'
const queue = 'tasks'

async function main() {
  const connection = await amqplib.connect(url)
  reportErrors('connection', connection)

  const consuming = await connection.createChannel()
  reportErrors('channel', consuming)
  await consuming.assertQueue(queue)

  consuming.consume(queue, message => {
    if (message === null) {
      console.log('Consumer cancelled by server')
    } else {
      console.log('Received:', message.content.toString())
      consuming.ack(message)
    }
  })

  const publishing = await connection.createChannel()
  reportErrors('channel', publishing)

  setInterval(() => publishing.sendToQueue(queue, Buffer.from('something to do')), 1000)
}

function reportErrors(what, emitter) {
  emitter.on('error', error => console.error(`The ${what} failed:`, error))
  emitter.on('handler-error', (error, event) =>
    console.error(`The ${what}'s ${event} listener threw:`, error),
  )
}

main()
