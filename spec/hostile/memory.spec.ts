/** Memory is taken for what was sent, not for what was announced, and not longer than it is needed. */
import { encodeFrame, encodeHeader, encodeMethod } from '../../conformance/support/codec'
import { eventually } from '../support/eventually'
import { MIB } from '../support/held-bytes'
import { underAttack } from './under-attack'

jest.setTimeout(30_000)

const attack = underAttack()

const CHANNELS = 2000

/** An attacker with very many open channels, and what the memory had grown to with them. */
async function manyChannels() {
  const { wire, channel } = await attack.attacker()
  const numbers = Array.from({ length: CHANNELS }, (_, index) => index + 2)
  wire.sendBytes(Buffer.concat(numbers.map(number => encodeMethod(number, 'channel.open', {}))))
  await channel.call('basic.qos')
  return { wire, channel, numbers, grown: await attack.growth() }
}

describe('what is announced and never sent', () => {
  it('as a body, on 2000 channels, takes no memory', async () => {
    const { wire, channel, numbers, grown } = await manyChannels()
    const announced = numbers.flatMap(number => [
      encodeMethod(number, 'basic.publish', { routingKey: 'nowhere' }),
      encodeHeader(number, 16 * MIB, {}),
    ])
    wire.sendBytes(Buffer.concat(announced))
    await channel.call('basic.qos')
    expect((await attack.growth()) - grown).toBeLessThan(2 * MIB)
    wire.sendBytes(Buffer.concat(numbers.map(number => encodeFrame(3, number, Buffer.of(1)))))
    await channel.call('basic.qos')
    expect((await attack.growth()) - grown).toBeLessThan(2 * MIB)
  })

  it('as a frame, on 200 connections, takes no memory', async () => {
    const wires = await Promise.all(Array.from({ length: 200 }, async () => (await attack.connect()).open()))
    const grown = await attack.growth()
    const begun = encodeFrame(3, 1, Buffer.alloc(131_064)).subarray(0, 20)
    for (const wire of wires) wire.sendBytes(begun)
    await Promise.all(wires.map(wire => wire.sent()))
    await new Promise(resolve => setTimeout(resolve, 50))
    expect((await attack.growth()) - grown).toBeLessThan(2 * MIB)
  })
})

describe('a body larger than allowed', () => {
  it('is not gathered while it comes, and refused', async () => {
    const { wire, channel } = await attack.attacker()
    const piece = encodeFrame(3, 1, Buffer.alloc(131_064))
    const count = 200
    wire.sendBytes(encodeMethod(1, 'basic.publish', { routingKey: 'nowhere' }))
    wire.sendBytes(encodeHeader(1, count * 131_064, {}))
    let most = 0
    for (let sent = 0; sent < count; sent++) {
      wire.sendBytes(piece)
      if (sent % 20 !== 19) continue
      await wire.sent()
      most = Math.max(most, await attack.growth())
    }
    await channel.answer('channel.close')
    expect(most).toBeLessThan(8 * MIB)
  })
})

describe('large messages that are gone', () => {
  const BODY = Buffer.alloc(MIB)
  const COUNT = 20

  it('are not kept by the channels they came on', async () => {
    const { wire } = await attack.attacker()
    for (let number = 2; number < COUNT + 2; number++) {
      const channel = await wire.channel(number)
      channel.publish({ routingKey: 'nowhere' }, BODY)
      await channel.call('basic.qos')
    }
    expect(await attack.growth()).toBeLessThan(8 * MIB)
  })

  it('are not kept by channels that were closed for them', async () => {
    const { wire } = await attack.attacker()
    for (let number = 2; number < COUNT + 2; number++) {
      const channel = await wire.channel(number)
      channel.publish({ exchange: 'no such exchange' }, BODY)
      await channel.answer('channel.close')
    }
    expect(await attack.growth()).toBeLessThan(8 * MIB)
  })

  it('are not kept by the queues they were in', async () => {
    const { channel } = await attack.attacker()
    for (let i = 0; i < COUNT; i++) {
      const { queue } = await channel.call('queue.declare', { queue: '', exclusive: true })
      channel.publish({ routingKey: queue }, BODY)
      await eventually(async () => expect((await channel.counts(queue)).messages).toBe(1))
      await channel.call('basic.consume', { queue })
      const { deliveryTag } = await channel.delivery()
      channel.send('basic.ack', { deliveryTag })
    }
    await channel.call('basic.qos')
    expect(await attack.growth()).toBeLessThan(8 * MIB)
  })

  it('are not kept by the transaction that was rolled back', async () => {
    const { channel } = await attack.attacker()
    await channel.call('tx.select')
    for (let i = 0; i < COUNT; i++) channel.publish({ routingKey: 'nowhere' }, BODY)
    await channel.call('tx.rollback')
    expect(await attack.growth()).toBeLessThan(8 * MIB)
  })
})
