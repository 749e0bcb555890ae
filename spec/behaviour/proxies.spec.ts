/** What a proxy announces counts wherever the address of a client counts. */
import { connect } from 'node:net'
import { connect as connectAmqp } from 'amqplib'
import { createBroker, type EmbeddedBroker } from '../../src/embed/embedded-broker'
import { connectOn } from '../support/amqplib-on-stream'

let broker: EmbeddedBroker
afterEach(() => broker.close())

async function start(proxyProtocol: string): Promise<void> {
  broker = await createBroker({ port: 0, proxyProtocol, eventExchange: true, logLevel: 'silent' })
}

function connectFrom(address: string) {
  const socket = connect(broker.port, '127.0.0.1')
  socket.write(`PROXY TCP4 ${address} 198.51.100.2 4711 5672\r\n`)
  return connectOn(socket)
}

describe('a client behind a trusted proxy', () => {
  it('may be guest when it is on this machine, and not when it is elsewhere', async () => {
    await start('127.0.0.1')
    await (await connectFrom('127.0.0.1')).close()
    await expect(connectFrom('192.0.2.1')).rejects.toThrow()
  })

  it('is called by its own address', async () => {
    await start('127.0.0.1')
    const connection = await connectFrom('127.0.0.9')
    const channel = await connection.createChannel()
    await channel.assertQueue('events')
    await channel.bindQueue('events', 'amq.rabbitmq.event', 'connection.created')
    await (await connectFrom('127.0.0.10')).close()
    expect(await channel.get('events')).toMatchObject({
      properties: { headers: { name: '127.0.0.10:4711 -> 198.51.100.2:5672' } },
    })
  })
})

describe('a client that is no trusted proxy', () => {
  it('cannot announce anything', async () => {
    await start('10.0.0.0/8')
    await expect(connectFrom('127.0.0.1')).rejects.toThrow()
    await (await connectAmqp(broker.url)).close()
  })
})

describe('a list of proxies that is none', () => {
  it('is refused by name', async () => {
    await expect(start('10.0.0.0/8,proxy')).rejects.toThrow(
      'option "proxyProtocol": "proxy" is no address and no network',
    )
  })
})
