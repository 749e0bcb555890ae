/** Logins that fail again and again, on a broker whose clock stands still until the spec says so. */
import { clientCapabilities } from '../../conformance/support/wire'
import { type InProcessBroker, inProcessBroker } from '../support/in-process'
import { type InProcessClient, protocolHeader } from '../support/in-process-clients'

let broker: InProcessBroker
beforeEach(() => {
  broker = inProcessBroker()
})

function login(password: string, capabilities = clientCapabilities): InProcessClient {
  const client = broker.connect()
  client.say(protocolHeader)
  client.take('connection.start')
  const response = Buffer.from(`\0guest\0${password}`)
  client.send('connection.start-ok', {
    clientProperties: { capabilities },
    mechanism: 'PLAIN',
    response,
    locale: 'en_US',
  })
  return client
}

function pass(ms: number): void {
  broker.clock.advance(ms)
  broker.settle()
}

const failThreeTimes = () => {
  for (let i = 0; i < 3; i++) login('wrong').take('connection.close')
}

describe('a login that fails', () => {
  it('for the fourth time is refused later, and the one after it later still', () => {
    failThreeTimes()
    const fourth = login('wrong')
    const fifth = login('wrong')
    expect([fourth.unread, fifth.unread]).toEqual([[], []])
    pass(249)
    expect(fourth.unread).toEqual([])
    pass(1)
    expect(fourth.take('connection.close').fields).toMatchObject({ replyCode: 403 })
    expect(fifth.unread).toEqual([])
    pass(499)
    expect(fifth.unread).toEqual([])
    pass(1)
    fifth.take('connection.close')
  })

  it('holds up nobody who succeeds', () => {
    failThreeTimes()
    login('wrong')
    login('guest').take('connection.tune')
    broker.connect().open().openChannel()
  })

  it('is dropped three seconds after it was refused', () => {
    failThreeTimes()
    const client = login('wrong')
    pass(250)
    pass(2999)
    expect(client.isClosed).toBe(false)
    pass(1)
    expect(client.isClosed).toBe(true)
  })

  it('hears nothing at all without the capability, and is dropped as much later', () => {
    failThreeTimes()
    const client = login('wrong', {})
    pass(3249)
    expect(client.isClosed).toBe(false)
    pass(1)
    expect([client.isClosed, client.unread]).toEqual([true, []])
  })

  it('and whose client goes meanwhile is forgotten', () => {
    failThreeTimes()
    const client = login('wrong')
    client.reset()
    expect(broker.connections.count).toBe(3) // the first ones, which wait for the end of their three seconds
    pass(60_000)
    expect(broker.connections.count).toBe(0)
    expect(broker.log.lines.filter(({ level }) => level === 'error')).toEqual([])
  })

  it('counts, as those do that succeed', () => {
    failThreeTimes()
    login('guest')
    expect([...broker.broker.logins.attempts]).toEqual([
      ['amqp091', { attempts: 4, succeeded: 1, failed: 3 }],
    ])
  })
})
