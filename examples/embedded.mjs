// A broker inside this process, for an integration test: no port to choose, nothing to install, nothing left behind.
import amqplib from 'amqplib'
import { createBroker } from 'leveret'

const broker = await createBroker({ port: 0 })
console.log(' [*] The broker listens on %s', broker.url)

const connection = await amqplib.connect(broker.url)
const channel = await connection.createChannel()
const { queue } = await channel.assertQueue('greetings')

const greeting = new Promise(resolve => channel.consume(queue, resolve, { noAck: true }))
channel.sendToQueue(queue, Buffer.from('Hello from the same process'))
console.log(' [x] Received %s', (await greeting).content.toString())

await connection.close()
await broker.close()
console.log(' [*] The broker is closed')
