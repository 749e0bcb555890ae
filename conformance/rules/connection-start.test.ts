/** connection.start: what the server says of itself, and connection.start-ok: who the client is. */
import { useBroker } from '../support/broker'
import { encodeTable } from '../support/codec'
import { itTogether } from '../support/together'
import { byVersion } from '../support/version'
import { protocolHeader, type Wire } from '../support/wire'

const broker = useBroker('all')
const { user, password } = broker.target

async function started(): Promise<Wire> {
  const wire = await broker.connect()
  wire.sendBytes(protocolHeader)
  wire.serverProperties = (await wire.expect('connection.start')).fields.serverProperties
  return wire
}

const amqplain = (table: Record<string, string>) => encodeTable(table).subarray(4)

describe('connection.start', () => {
  it('field server-properties, rule "required-fields": names product, version, platform and copyright', async () => {
    const { serverProperties } = await started()
    for (const key of ['product', 'version', 'platform', 'copyright', 'information', 'cluster_name']) {
      expect(serverProperties).toHaveProperty(key, expect.any(String))
    }
    expect(serverProperties).toHaveProperty('product', 'RabbitMQ')
    expect(serverProperties).toHaveProperty('version', expect.stringMatching(/^\d+\.\d+\.\d+$/))
  })

  it('announces the nine capabilities of RabbitMQ, all true', async () => {
    const { serverProperties } = await started()
    expect(serverProperties).toHaveProperty('capabilities', {
      publisher_confirms: true,
      exchange_exchange_bindings: true,
      'basic.nack': true,
      consumer_cancel_notify: true,
      'connection.blocked': true,
      consumer_priorities: true,
      authentication_failure_close: true,
      per_consumer_qos: true,
      direct_reply_to: true,
    })
  })

  it('field mechanisms: offers PLAIN and AMQPLAIN', async () => {
    const wire = await broker.connect()
    wire.sendBytes(protocolHeader)
    const { mechanisms } = (await wire.expect('connection.start')).fields
    const offered = byVersion({ '3': ['AMQPLAIN', 'PLAIN'], default: ['AMQPLAIN', 'ANONYMOUS', 'PLAIN'] })
    expect(mechanisms.toString().split(' ').sort()).toEqual(offered)
  })

  it('field locales, rule "required-support": offers en_US', async () => {
    const wire = await broker.connect()
    wire.sendBytes(protocolHeader)
    const { locales } = (await wire.expect('connection.start')).fields
    expect(locales.toString().split(' ')).toContain('en_US')
  })
})

describe('connection.start-ok', () => {
  it('with PLAIN and the right password leads to connection.tune', async () => {
    const wire = await started()
    wire.startOk({ mechanism: 'PLAIN' })
    await wire.expect('connection.tune')
  })

  it('with AMQPLAIN and the right password leads to connection.tune', async () => {
    const wire = await started()
    wire.startOk({ mechanism: 'AMQPLAIN', response: amqplain({ LOGIN: user, PASSWORD: password }) })
    await wire.expect('connection.tune')
  })

  it('without client properties leads to connection.tune', async () => {
    const wire = await started()
    wire.startOk({ clientProperties: {} })
    await wire.expect('connection.tune')
  })

  it('with every type of value in the client properties leads to connection.tune', async () => {
    const wire = await started()
    const nested = { list: [1, 'two', { three: 3 }], nothing: null, bytes: Buffer.from([0, 255]), ratio: 0.5 }
    wire.startOk({
      clientProperties: { nested, big: 2 ** 40, when: { '!': 'timestamp', value: 1 }, yes: true },
    })
    await wire.expect('connection.tune')
  })

  it('in another locale leads to connection.tune', async () => {
    const wire = await started()
    const response = Buffer.from(`\0${user}\0${password}`)
    wire.send('connection.start-ok', { clientProperties: {}, mechanism: 'PLAIN', response, locale: 'xx_XX' })
    await wire.expect('connection.tune')
  })
})

describe('a login that fails', () => {
  const refused = (mechanism: string) =>
    `ACCESS_REFUSED - Login was refused using authentication mechanism ${mechanism}. For details see the broker logfile.`

  itTogether({
    'by a wrong password is refused with 403 if the client knows authentication_failure_close': async () => {
      const wire = await started()
      wire.startOk({ response: Buffer.from(`\0${user}\0not ${password}`) })
      await wire.expectClose(403, refused('PLAIN'), 'none')
    },
    'by an unknown user is refused with the same words': async () => {
      const wire = await started()
      wire.startOk({ response: Buffer.from(`\0not ${user}\0${password}`) })
      await wire.expectClose(403, refused('PLAIN'), 'none')
    },
    'by a wrong password in AMQPLAIN is refused with 403': async () => {
      const wire = await started()
      wire.startOk({
        mechanism: 'AMQPLAIN',
        response: amqplain({ LOGIN: user, PASSWORD: `not ${password}` }),
      })
      await wire.expectClose(403, refused('AMQPLAIN'), 'none')
    },
    'ends without a word if the client does not know authentication_failure_close': async () => {
      const wire = await started()
      wire.startOk({ clientProperties: {}, response: Buffer.from(`\0${user}\0not ${password}`) })
      await wire.expectSilentEof()
    },
    'ends without a word if the client says authentication_failure_close is false': async () => {
      const wire = await started()
      const clientProperties = { capabilities: { authentication_failure_close: false } }
      wire.startOk({ clientProperties, response: Buffer.from(`\0${user}\0not ${password}`) })
      await wire.expectSilentEof()
    },
    'field mechanism, rule "validity": by a mechanism that was not offered ends the connection': async () => {
      const wire = await started()
      wire.startOk({ mechanism: 'NOPE' })
      await wire.expectRefused(
        503,
        "COMMAND_INVALID - unknown authentication mechanism 'NOPE'",
        'connection.start-ok',
      )
    },
    'by a mechanism in small letters ends the connection': async () => {
      const wire = await started()
      wire.startOk({ mechanism: 'plain' })
      await wire.expectRefused(
        503,
        /^COMMAND_INVALID - (unknown|invalid) authentication mechanism 'plain'$/,
        'any',
      )
    },
    'by a PLAIN response without NULs ends the connection': async () => {
      const wire = await started()
      wire.startOk({ response: Buffer.from('guest') })
      await wire.expectRefused(502, 'SYNTAX_ERROR - response <<"guest">> invalid', 'any')
    },
    'by an AMQPLAIN table without password ends the connection': async () => {
      const wire = await started()
      wire.startOk({ mechanism: 'AMQPLAIN', response: amqplain({ LOGIN: user }) })
      await wire.expectRefused(502, /^SYNTAX_ERROR - /, 'any')
    },
  })
})

describe('a login as ANONYMOUS', () => {
  byVersion({ '3': it.skip, default: it })('is let in by 4.x, which offers it', async () => {
    const wire = await started()
    wire.startOk({ mechanism: 'ANONYMOUS', response: Buffer.from('anyone') })
    await wire.expect('connection.tune')
  })
})
