// amqplib's first example, callback API: one connection; one channel consumes, another publishes every second.
const amqplib = require('amqplib/callback_api')

const url = process.env.AMQP_URL || 'amqp://localhost'
const queue = 'tasks'

amqplib.connect(url, (error, connection) => {
  if (error) throw error
  reportErrors('connection', connection)

  connection.createChannel((error, consuming) => {
    if (error) throw error
    reportErrors('channel', consuming)
    consuming.assertQueue(queue)

    consuming.consume(queue, message => {
      if (message === null) {
        console.log('Consumer cancelled by server')
      } else {
        console.log(message.content.toString())
        consuming.ack(message)
      }
    })
  })

  connection.createChannel((error, publishing) => {
    if (error) throw error
    reportErrors('channel', publishing)
    publishing.assertQueue(queue)

    setInterval(() => publishing.sendToQueue(queue, Buffer.from('something to do')), 1000)
  })
})

function reportErrors(what, emitter) {
  emitter.on('error', error => console.error(`The ${what} failed:`, error))
  emitter.on('handler-error', (error, event) =>
    console.error(`The ${what}'s ${event} listener threw:`, error),
  )
}
