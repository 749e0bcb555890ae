/** Mistakes: the library tells the application what the server said, and what is left still works. */
import { clientUrl } from '../../support/broker'
import { expectRefusal, type Stage } from '../stage'

export function describeFailures(stage: Stage): void {
  describe('a mistake', () => {
    channelMistakes(stage)
    connectionMistakes(stage)
  })
}

function channelMistakes({ broker, channel, connect }: Stage): void {
  it('with a queue that does not exist is told, and leaves other channels alone', async () => {
    const connection = await connect()
    const failing = await connection.channel()
    const other = await connection.channel()
    const queue = broker.name('missing')
    await expectRefusal(
      failing.declareQueue(queue, { passive: true }),
      `NOT_FOUND - no ${broker.queueText(queue)}`,
    )
    await other.declareQueue(queue)
    const again = await connection.channel()
    await again.declareQueue(queue, { passive: true })
  })

  it('with an exchange that does not exist is told', async () => {
    const failing = await channel()
    const queue = broker.name('queue')
    const exchange = broker.name('missing')
    await failing.declareQueue(queue)
    await expectRefusal(
      failing.bindQueue(queue, exchange, ''),
      `NOT_FOUND - no ${broker.exchangeText(exchange)}`,
    )
  })

  it('with a confirmed publishing to an exchange that does not exist is told', async () => {
    const failing = await channel()
    await failing.confirm()
    await expect(failing.publish({ exchange: broker.name('missing'), body: 'lost' })).rejects.toThrow()
  })

  it('with other properties than a queue has is told', async () => {
    const failing = await channel()
    const queue = broker.name('queue')
    await failing.declareQueue(queue, { durable: false })
    const words = `PRECONDITION_FAILED - inequivalent arg 'durable' for ${broker.queueText(queue)}: received 'true' but current is 'false'`
    await expectRefusal(failing.declareQueue(queue, { durable: true }), words)
  })

  it('with another type than an exchange has is told', async () => {
    const failing = await channel()
    const exchange = broker.name('exchange')
    await failing.declareExchange(exchange, 'direct')
    const words = `inequivalent arg 'type' for ${broker.exchangeText(exchange)}: received 'fanout' but current is 'direct'`
    await expectRefusal(failing.declareExchange(exchange, 'fanout'), words)
  })

  it('with an exclusive queue of another connection is told', async () => {
    const owner = await channel()
    const other = await channel()
    const queue = broker.name('mine')
    await owner.declareQueue(queue, { exclusive: true })
    const words = `RESOURCE_LOCKED - cannot obtain exclusive access to locked ${broker.queueText(queue)}`
    await expectRefusal(
      other.consume(queue, {}, () => {}),
      words,
    )
  })

  it('with a reserved name is told', async () => {
    const failing = await channel()
    const words = "ACCESS_REFUSED - queue name 'amq.mine' contains reserved prefix 'amq.*'"
    await expectRefusal(failing.declareQueue('amq.mine'), words)
  })

  it('with a queue that has an exclusive consumer is told', async () => {
    const owner = await channel()
    const other = await channel()
    const queue = broker.name('queue')
    await owner.declareQueue(queue)
    await owner.consume(queue, { exclusive: true }, () => {})
    await expectRefusal(
      other.consume(queue, {}, () => {}),
      `ACCESS_REFUSED - ${broker.queueText(queue)} in exclusive use`,
    )
  })

  it('is none to delete a queue that does not exist', async () => {
    const fine = await channel()
    await fine.deleteQueue(broker.name('missing'))
  })
}

function connectionMistakes({ connect }: Stage): void {
  it('with the password is told', async () => {
    const url = new URL(clientUrl)
    url.password = 'wrong'
    await expectRefusal(connect(url.href), 'ACCESS_REFUSED')
  })

  it('with the virtual host is told', async () => {
    const url = new URL(clientUrl)
    url.pathname = '/no-such-vhost'
    await expect(connect(url.href)).rejects.toThrow() // amqplib keeps the server's words to itself
  })
}
