/** What a small integration test does with a broker, by amqplib; times in milliseconds. */
import amqplib from 'amqplib'

/** Connects, declares, publishes with a confirm, consumes, acknowledges, closes. */
export async function oneMessage(url, queue = 'orders', socketOptions = {}) {
  const connection = await amqplib.connect(url, socketOptions)
  const channel = await connection.createConfirmChannel()
  await channel.assertQueue(queue, { autoDelete: true })
  channel.sendToQueue(queue, Buffer.from('{"id":7}'))
  await channel.waitForConfirms()
  const message = await new Promise(resolve => channel.consume(queue, resolve))
  channel.ack(message)
  await connection.close()
}

/** One after the other. `isolated` gives each a url, and takes it back. Returns the time of each. */
export async function tests(count, isolated, socketOptions) {
  const times = []
  for (let test = 0; test < count; test++) {
    const begun = performance.now()
    await isolated(url => oneMessage(url, `orders-${test}`, socketOptions))
    times.push(performance.now() - begun)
  }
  return times
}

/** A message from publish to consumer, the next when it has come; and as many as there are at once. */
export async function roundTrips(url, count) {
  const connection = await amqplib.connect(url, { noDelay: true })
  const channel = await connection.createChannel()
  const { queue } = await channel.assertQueue('', { exclusive: true })
  let came = () => {}
  await channel.consume(queue, () => came(), { noAck: true })
  const times = []
  for (let trip = 0; trip < count; trip++) {
    const begun = performance.now()
    await new Promise(resolve => {
      came = resolve
      channel.sendToQueue(queue, Buffer.from('{"id":7}'))
    })
    times.push(performance.now() - begun)
  }
  const begun = performance.now()
  await new Promise(resolve => {
    let left = count * 10
    came = () => --left === 0 && resolve()
    for (let sent = count * 10; sent > 0; sent--) channel.sendToQueue(queue, Buffer.from('{"id":7}'))
  })
  const perSecond = (count * 10 * 1000) / (performance.now() - begun)
  await connection.close()
  return { times, perSecond }
}
