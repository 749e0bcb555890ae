// Tutorial 7, publisher confirms: publishes with the three strategies, one confirm, a batch, or all in flight, and
// says how long each took. The number of messages is the first argument.
const amqplib = require('amqplib')

const url = process.env.AMQP_URL || 'amqp://localhost'
const messageCount = Number(process.argv[2] || 50_000)
const batchSize = 100

async function main() {
  const connection = await amqplib.connect(url)
  await timed(connection, 'individually', publishIndividually)
  await timed(connection, 'in batches', publishInBatches)
  await timed(connection, 'and handled confirms asynchronously', publishAsynchronously)
  await connection.close()
}

async function timed(connection, how, publishAll) {
  const channel = await connection.createConfirmChannel()
  const { queue } = await channel.assertQueue('', { exclusive: true })

  const start = Date.now()
  await publishAll(channel, queue)
  console.log(' [x] Published %d messages %s in %d ms', messageCount, how, Date.now() - start)

  const { messageCount: kept } = await channel.checkQueue(queue)
  console.log(' [.] The queue holds %d', kept)
  await channel.deleteQueue(queue)
  await channel.close()
}

async function publishIndividually(channel, queue) {
  for (let i = 0; i < messageCount; i++) {
    channel.sendToQueue(queue, Buffer.from(String(i)))
    await channel.waitForConfirms()
  }
}

async function publishInBatches(channel, queue) {
  for (let i = 0; i < messageCount; i++) {
    channel.sendToQueue(queue, Buffer.from(String(i)))
    if ((i + 1) % batchSize === 0) await channel.waitForConfirms()
  }
  await channel.waitForConfirms()
}

function publishAsynchronously(channel, queue) {
  const outstanding = new Map()

  return new Promise(resolve => {
    for (let i = 0; i < messageCount; i++) {
      const body = String(i)
      outstanding.set(i, body)
      channel.sendToQueue(queue, Buffer.from(body), {}, nacked => {
        if (nacked) console.error(' [!] The broker refused message %s', outstanding.get(i))
        outstanding.delete(i)
        if (outstanding.size === 0) resolve()
      })
    }
  })
}

main()
