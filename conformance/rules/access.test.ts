/** Class access: a remnant of 0-8 that old clients still use. Every ticket is 1, and none is looked at. */
import { useBroker } from '../support/broker'
import { encodeMethod } from '../support/codec'

const broker = useBroker()

describe('access.request', () => {
  it('grants ticket 1', async () => {
    const channel = await broker.channel()
    const rights = { exclusive: true, passive: true, active: true, write: true, read: true }
    expect(await channel.call('access.request', { realm: '/data', ...rights })).toEqual({ ticket: 1 })
  })

  it('grants ticket 1 for nothing at all', async () => {
    const channel = await broker.channel()
    expect(await channel.call('access.request')).toEqual({ ticket: 1 })
  })

  it('is not needed: any ticket will do', async () => {
    const channel = await broker.channel()
    const declare = encodeMethod(1, 'queue.declare', { queue: broker.name(), exclusive: true })
    declare.writeUInt16BE(999, 11)
    channel.wire.sendBytes(declare)
    await channel.expect('queue.declare-ok')
  })
})
