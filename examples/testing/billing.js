// The service under test: takes orders, sends a bill for each, and puts aside what is no order.
const amqplib = require('amqplib')

async function startBilling(url) {
  const connection = await amqplib.connect(url, { clientProperties: { connection_name: 'billing' } })
  const channel = await connection.createConfirmChannel()
  const deadLetter = { deadLetterExchange: '', deadLetterRoutingKey: 'orders.dead' }
  await channel.assertQueue('orders.dead')
  await channel.assertQueue('orders', deadLetter)
  await channel.assertQueue('bills')
  await channel.prefetch(10)
  const { consumerTag } = await channel.consume(
    'orders',
    message => message !== null && bill(channel, message),
  )
  const stop = async () => {
    await channel.cancel(consumerTag)
    await channel.waitForConfirms() // and with them the orders that they are for are acknowledged
    await connection.close()
  }
  return { stop }
}

function bill(channel, message) {
  const order = parsed(message.content)
  if (order === undefined) {
    channel.nack(message, false, false)
    return
  }
  const content = Buffer.from(JSON.stringify({ order: order.id, amount: order.price * order.count }))
  // The order is done when its bill is safe, and tried again when it is not.
  channel.sendToQueue('bills', content, { persistent: true }, error => {
    if (error === null) channel.ack(message)
    else channel.nack(message)
  })
}

function parsed(content) {
  try {
    return JSON.parse(content.toString())
  } catch {
    return undefined
  }
}

module.exports = { startBilling }
