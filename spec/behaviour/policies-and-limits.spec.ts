/** Policies and limits as clients meet them, set through createBroker while they are connected, and across a restart. */
import { Wire } from '../../conformance/support/wire'
import { eventually } from '../support/eventually'
import { restartingBroker } from './restarts'

const broker = restartingBroker()

/** Connects up to connection.open and returns what it is closed with. */
async function refusedOpen(): Promise<string> {
  const wire = await Wire.connect(broker.url)
  await wire.login()
  wire.tuneOk()
  wire.send('connection.open', { virtualHost: '/' })
  const { fields } = await wire.expect('connection.close')
  await wire.destroy()
  return `${fields.replyCode} ${fields.replyText}`
}

describe('a policy with an alternate exchange', () => {
  it('reroutes the very next message of a publisher that is at it, and back', async () => {
    const channel = await broker.channel()
    await channel.call('exchange.declare', { exchange: 'x', type: 'direct', durable: true })
    await channel.call('queue.declare', { queue: 'rest', durable: true })
    await channel.call('queue.bind', { queue: 'rest', exchange: 'amq.fanout' })
    const publish = async (body: string): Promise<void> => {
      channel.publish({ exchange: 'x', routingKey: 'nowhere' }, body)
      await channel.sync()
    }
    await publish('before')
    const definition = { 'alternate-exchange': 'amq.fanout' }
    await broker.running.setPolicy({ name: 'ae', pattern: '^x$', definition })
    await publish('meanwhile')
    expect(await broker.running.clearPolicy('ae')).toBe(true)
    await publish('after')
    expect(await channel.drain('rest')).toEqual(['meanwhile'])
  })

  it('is there after a restart, and so is that it was cleared', async () => {
    const definition = { 'alternate-exchange': 'amq.fanout' }
    const setup = await broker.channel()
    await setup.call('exchange.declare', { exchange: 'x', type: 'direct', durable: true })
    await setup.call('queue.declare', { queue: 'rest', durable: true })
    await setup.call('queue.bind', { queue: 'rest', exchange: 'amq.fanout' })
    await broker.running.setPolicy({
      name: 'ae',
      pattern: '^x$',
      definition,
      applyTo: 'exchanges',
      priority: 2.5,
    })
    await broker.running.setPolicy({ name: 'gone', pattern: '.*', definition })
    await broker.running.setOperatorPolicy({ name: 'op', pattern: '.*', definition: { 'max-length': 9 } })
    await broker.running.clearPolicy('gone')
    await broker.restart()
    expect(broker.running.listPolicies()).toEqual([
      { name: 'ae', pattern: '^x$', applyTo: 'exchanges', priority: 2.5, definition },
    ])
    expect(broker.running.listOperatorPolicies()).toEqual([
      { name: 'op', pattern: '.*', applyTo: 'all', priority: 0, definition: { 'max-length': 9 } },
    ])
    const channel = await broker.channel()
    channel.publish({ exchange: 'x', routingKey: 'nowhere' }, 'here')
    await channel.sync()
    expect(await channel.drain('rest')).toEqual(['here'])
    await broker.running.clearPolicy('ae')
    await broker.restart()
    expect(broker.running.listPolicies()).toEqual([])
  })

  it('is refused with what is wrong, and leaves what is there', async () => {
    await broker.running.setPolicy({ name: 'p', pattern: '.*', definition: { expires: 5 } })
    const wrong = broker.running.setPolicy({ name: 'p', pattern: '.*', definition: { expires: 0 } })
    await expect(wrong).rejects.toThrow('Validation failed\n\n0 is not a valid queue expiry\n')
    expect(broker.running.listPolicies()).toMatchObject([{ definition: { expires: 5 } }])
    const elsewhere = { name: 'p', pattern: '.*', definition: { expires: 5 }, vhost: 'nope' }
    await expect(broker.running.setPolicy(elsewhere)).rejects.toThrow('vhost nope not found')
  })
})

describe('the limits of a virtual host', () => {
  it('max-connections refuses one more, also after a restart, and none when it is gone', async () => {
    await broker.connect()
    await broker.running.setVhostLimits({ 'max-connections': 2 })
    const second = await broker.connect()
    const text =
      "530 NOT_ALLOWED - access to vhost '/' refused for user 'guest': connection limit (2) is reached"
    expect(await refusedOpen()).toBe(text)
    await second.close()
    await broker.connect()
    await broker.restart()
    await broker.connect()
    await broker.connect()
    expect(await refusedOpen()).toBe(text)
    await broker.running.setVhostLimits({})
    await broker.connect()
    expect(broker.running.vhostLimits()).toEqual({})
  })

  it('max-connections of 0 lets nobody in, and who is there stays', async () => {
    const channel = await broker.channel()
    await broker.running.setVhostLimits({ 'max-connections': 0 })
    expect(await refusedOpen()).toMatch(/connection limit \(0\) is reached$/)
    await channel.sync()
    await broker.running.setVhostLimits({ 'max-connections': -1 })
    await broker.connect()
  })

  it('a connection whose socket breaks is one no more', async () => {
    await broker.running.setVhostLimits({ 'max-connections': 1 })
    for (let times = 0; times < 3; times++) {
      const wire = await connectedAtLast()
      await wire.channel()
      expect(await refusedOpen()).toMatch(/connection limit \(1\) is reached$/)
      await wire.destroy()
    }
  })

  it('max-queues refuses one more, but not what is there, and replies do not count', async () => {
    const channel = await broker.channel()
    await channel.call('basic.consume', { queue: 'amq.rabbitmq.reply-to', noAck: true })
    await broker.running.setVhostLimits({ 'max-queues': 1 })
    await channel.call('queue.declare', { queue: 'one' })
    await channel.call('queue.declare', { queue: 'one' })
    const other = await broker.channel()
    await other.call('basic.consume', { queue: 'amq.rabbitmq.reply-to', noAck: true })
    channel.send('queue.declare', { queue: 'two' })
    await channel.expectClose(
      406,
      "PRECONDITION_FAILED - cannot declare queue 'two': queue limit in vhost '/' (1) is reached",
      'queue.declare',
    )
    await other.call('queue.delete', { queue: 'one' })
    await other.call('queue.declare', { queue: 'two' })
  })
})

describe('the limits of a user', () => {
  it('max-connections refuses one more, also after a restart', async () => {
    await broker.running.setUserLimits('guest', { 'max-connections': 1 })
    await broker.restart()
    await broker.connect()
    const text = "530 NOT_ALLOWED - connection refused for user 'guest': user connection limit (1) is reached"
    expect(await refusedOpen()).toBe(text)
    expect(broker.running.userLimits('guest')).toEqual({ 'max-connections': 1 })
    await expect(broker.running.setUserLimits('nobody', {})).rejects.toThrow('user nobody not found')
  })

  it('max-channels counts those of all connections, and closes the connection that wants one more', async () => {
    await broker.running.setUserLimits('guest', { 'max-channels': 2 })
    const first = await broker.connect()
    const channel = await first.channel()
    const second = await broker.connect()
    await second.channel()
    const third = await broker.connect()
    third.sendFrame(1, 1, Buffer.from([0, 20, 0, 10, 0]))
    await third.expectClose(
      530,
      "NOT_ALLOWED - number of channels opened for user 'guest' has reached the maximum allowed user limit of 2",
      'none',
    )
    await channel.close()
    await (await broker.connect()).channel()
    await first.close()
    await second.close()
    await (await broker.connect()).channel()
  })
})

/** Connects as soon as the broker noticed that another socket went. */
async function connectedAtLast(): Promise<Wire> {
  return await eventually(async () => await broker.connect())
}
