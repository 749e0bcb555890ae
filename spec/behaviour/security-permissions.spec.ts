/** Ways around permissions that the matrix of operations does not go: keys in headers, what was allowed before, other names. */
import { encodeFrame, encodeHeader } from '../../conformance/support/codec'
import { type InProcessBroker, inProcessBroker } from '../support/in-process'
import { type InProcessClient, protocolHeader } from '../support/in-process-clients'

const everything = { configure: '.*', write: '.*', read: '.*' }

let broker: InProcessBroker

beforeEach(() => {
  broker = inProcessBroker()
  broker.broker.accounts.putUser('ann', { password: 'secret', tags: '' })
  broker.broker.accounts.setPermissions('ann', '/', everything)
})

function connectAsAnn(virtualHost = '/'): InProcessClient {
  const client = loginAsAnn()
  client.send('connection.open', { virtualHost })
  client.take('connection.open-ok')
  return client.openChannel()
}

/** Logged in, and nothing opened yet. */
function loginAsAnn(): InProcessClient {
  const client = broker.connect()
  client.say(protocolHeader)
  const response = Buffer.from('\0ann\0secret')
  client.send('connection.start-ok', { mechanism: 'PLAIN', response, locale: 'en_US' })
  client.send('connection.tune-ok', { channelMax: 2047, frameMax: 131_072, heartbeat: 0 })
  client.take('connection.start')
  client.take('connection.tune')
  return client
}

function publish(client: InProcessClient, exchange: string, routingKey: string, headers: object = {}): void {
  client.send('basic.publish', { exchange, routingKey }, 1)
  client.say(encodeHeader(1, 1, { headers } as never))
  client.say(encodeFrame(3, 1, Buffer.from('x')))
}

/** What the channel was closed with; undefined: it is open. */
function refusal(client: InProcessClient): string | undefined {
  if (!client.unread.includes('channel.close')) {
    client.send('basic.qos', {}, 1)
    client.take('basic.qos-ok', 1)
    return undefined
  }
  return client.take('channel.close', 1).fields.replyText
}

function queueBound(name: string, exchange: string, routingKey: string): void {
  const client = broker.connect().open().openChannel()
  client.send('queue.declare', { queue: name }, 1)
  client.take('queue.declare-ok', 1)
  client.send('queue.bind', { queue: name, exchange, routingKey }, 1)
  client.take('queue.bind-ok', 1)
}

const waiting = (queue: string): number => broker.vhost.queues.get(queue)!.messageCount

describe('topic permissions', () => {
  beforeEach(() => {
    broker.broker.accounts.setTopicPermissions('ann', '/', 'amq.topic', { write: '^a\\.', read: '.*' })
    queueBound('secrets', 'amq.topic', 'secret.#')
  })

  it.each(['CC', 'BCC'])('hold for the routing keys that a message brings along in %s', header => {
    const client = connectAsAnn()
    publish(client, 'amq.topic', 'a.b', { [header]: ['a.c'] })
    expect(refusal(client)).toBeUndefined()
    publish(client, 'amq.topic', 'a.b', { [header]: ['a.c', 'secret.x'] })
    expect(refusal(client)).toBe(
      "ACCESS_REFUSED - write access to topic 'secret.x' in exchange topic 'amq.topic' in vhost '/' refused for user 'ann'",
    )
    expect(waiting('secrets')).toBe(0)
  })

  it('are not asked for such keys at other exchanges', () => {
    const client = connectAsAnn()
    publish(client, '', 'nowhere', { CC: ['secrets'] })
    expect(refusal(client)).toBeUndefined()
    expect(waiting('secrets')).toBe(1)
  })
})

describe('what was allowed a moment ago', () => {
  it('is not when the permission went, though the way is remembered', () => {
    queueBound('q', 'amq.direct', 'k')
    const client = connectAsAnn()
    publish(client, 'amq.direct', 'k')
    publish(client, 'amq.direct', 'k')
    broker.broker.accounts.clearPermissions('ann', '/')
    publish(client, 'amq.direct', 'k')
    expect(refusal(client)).toContain(
      "write access to exchange 'amq.direct' in vhost '/' refused for user 'ann'",
    )
    expect(waiting('q')).toBe(2)
  })

  it('is not in a virtual host of the same name that was made anew', () => {
    broker.broker.putVhost('v')
    broker.broker.accounts.setPermissions('ann', 'v', everything)
    const client = connectAsAnn('v')
    publish(client, 'amq.fanout', 'k')
    broker.broker.deleteVhost('v')
    broker.settle()
    expect(client.take('connection.close').fields.replyText).toContain("vhost 'v' is deleted")
    const { vhost: anew } = broker.broker.putVhost('v')
    expect(broker.broker.permissions.admits('ann', 'v')).toBe(false)
    publish(client, 'amq.fanout', 'k')
    expect(anew.exchange('amq.fanout')!.bindingCount).toBe(0)
    const again = loginAsAnn()
    again.send('connection.open', { virtualHost: 'v' })
    expect(again.take('connection.close').fields.replyText).toBe(
      "NOT_ALLOWED - access to vhost 'v' refused for user 'ann'",
    )
  })

  it('is not for who is deleted between login and opening', () => {
    const client = loginAsAnn()
    broker.broker.accounts.deleteUser('ann')
    client.send('connection.open', { virtualHost: '/' })
    expect(client.take('connection.close').fields.replyText).toBe(
      "NOT_ALLOWED - access to vhost '/' refused for user 'ann'",
    )
  })
})

describe('the replies that somebody waits for', () => {
  function requester(): { readonly client: InProcessClient; readonly name: string } {
    const client = broker.connect().open().openChannel()
    client.send('basic.consume', { queue: 'amq.rabbitmq.reply-to', noAck: true, consumerTag: 'c' }, 1)
    client.take('basic.consume-ok', 1)
    const [name] = [...broker.vhost.queues.keys()]
      .filter(key => key.startsWith('amq.rabbitmq.reply-to.'))
      .slice(-1)
    return { client, name: name! }
  }

  it('go by a name of 128 random bits', () => {
    const names = [requester(), requester()].map(({ name }) => name.slice('amq.rabbitmq.reply-to.'.length))
    expect(names.map(name => Buffer.from(name, 'base64url').length)).toEqual([16, 16])
    expect(names[0]).not.toBe(names[1])
  })

  it.each([
    ['basic.consume', {}],
    ['basic.get', {}],
    ['queue.bind', { exchange: 'amq.fanout' }],
    ['queue.purge', {}],
    ['queue.delete', {}],
  ] as const)('are not had by %s, though the name were known', (method, fields) => {
    const { name } = requester()
    const client = connectAsAnn()
    client.send(method, { ...fields, queue: name } as never, 1)
    expect(client.unread).toEqual(['channel.close'])
    expect(broker.vhost.queues.has(name)).toBe(true)
  })
})

describe('what is copied of everybody', () => {
  it.each(['amq.rabbitmq.trace', 'amq.rabbitmq.event', 'amq.rabbitmq.log'])(
    'is for those who may read %s, which a pattern can leave out',
    exchange => {
      const { accounts } = broker.broker
      if (!broker.vhost.exchange(exchange))
        broker.vhost.predeclare({ name: exchange, type: 'topic', internal: true })
      const bound = (): string | undefined => {
        const client = connectAsAnn()
        client.send('queue.declare', { queue: 'own', autoDelete: true }, 1)
        client.take('queue.declare-ok', 1)
        client.send('queue.bind', { queue: 'own', exchange, routingKey: '#' }, 1)
        if (!client.unread.includes('channel.close')) client.take('queue.bind-ok', 1)
        return refusal(client)
      }
      expect(bound()).toBeUndefined()
      accounts.setPermissions('ann', '/', { ...everything, read: '^(?!amq\\.rabbitmq\\.)' })
      expect(bound()).toContain(`read access to exchange '${exchange}'`)
    },
  )

  it('is published to by nobody else', () => {
    const client = connectAsAnn()
    publish(client, 'amq.rabbitmq.trace', 'publish.x')
    expect(refusal(client)).toContain('cannot publish to internal')
  })
})
