/** Who listens to events hears all of them, in order, and can do no harm. */
import type { BrokerEvent } from '../../src/broker/events/events'
import { Events, INTERNAL_USER } from '../../src/broker/events/events'
import { type InProcessBroker, inProcessBroker } from '../support/in-process'

const created: BrokerEvent = {
  kind: 'vhost.created',
  name: 'v',
  isTraced: false,
  description: '',
  tags: [],
  defaultQueueType: undefined,
}

function ignore(): void {}

describe('events', () => {
  it('reach every listener, with who did it', () => {
    const heard: unknown[] = []
    const events = new Events(ignore)
    events.listen((event, actor) => heard.push([1, event, actor]))
    events.listen((event, actor) => heard.push([2, event, actor]))
    events.emit(created)
    events.actingAs('ann', () => events.emit(created))
    expect(heard).toEqual([
      [1, created, INTERNAL_USER],
      [2, created, INTERNAL_USER],
      [1, created, 'ann'],
      [2, created, 'ann'],
    ])
  })

  it('reach the others when a listener throws, and whoever emitted goes on', () => {
    const failures: unknown[] = []
    const heard: string[] = []
    const events = new Events(error => failures.push(error))
    const defect = new Error('a defect')
    events.listen(() => {
      throw defect
    })
    events.listen(({ kind }) => heard.push(kind))
    events.emit(created)
    expect(heard).toEqual(['vhost.created'])
    expect(failures).toEqual([defect])
  })

  it('reach nobody who stopped listening, even in the middle of one', () => {
    const heard: number[] = []
    const events = new Events(ignore)
    const stop = events.listen(() => {
      heard.push(1)
      stop()
    })
    events.listen(() => heard.push(2))
    events.emit(created)
    events.emit(created)
    expect(heard).toEqual([1, 2, 2])
  })

  it('forget who acted when it went wrong', () => {
    const events = new Events(ignore)
    const fail = () => {
      throw new Error('refused')
    }
    expect(() => events.actingAs('ann', fail)).toThrow('refused')
    expect(events.actor).toBe(INTERNAL_USER)
  })
})

describe('a broker', () => {
  let broker: InProcessBroker
  let heard: [kind: string, actor: string, data: object][]

  beforeEach(() => {
    broker = inProcessBroker()
    heard = []
    broker.broker.events.listen(({ kind, ...data }, actor) => heard.push([kind, actor, data]))
  })

  const kinds = () => heard.map(([kind, actor]) => `${kind} ${actor}`)

  it('tells of a connection and its channels from login to end', () => {
    const client = broker.connect().open().openChannel()
    client.reset()
    broker.settle()
    expect(kinds()).toEqual([
      'user.authentication.success rmq-internal',
      'connection.created guest',
      'channel.created guest',
      'channel.closed guest',
      'connection.closed rmq-internal',
    ])
    expect(heard[1]?.[2]).toMatchObject({ user: 'guest', vhost: '/', mechanism: 'PLAIN', frameMax: 131072 })
  })

  it('tells of a connection that never was one', () => {
    broker.connectBare().reset()
    broker.settle()
    expect(kinds()).toEqual(['connection.closed rmq-internal'])
  })

  it('tells once that a channel closed, also when it closed by an error and its connection ends', () => {
    const client = broker.connect().open().openChannel()
    client.send('queue.declare', { queue: 'missing', passive: true }, 1)
    client.take('channel.close', 1)
    client.reset()
    broker.settle()
    expect(kinds().filter(kind => kind.startsWith('channel.closed'))).toHaveLength(1)
  })

  it('tells of what an auto-delete chain takes along, and that no user did it', () => {
    const client = broker.connect().open().openChannel()
    heard = []
    client.send('queue.declare', { queue: 'q', autoDelete: true }, 1)
    client.send('exchange.declare', { exchange: 'e', type: 'fanout', autoDelete: true }, 1)
    client.send('queue.bind', { queue: 'q', exchange: 'e' }, 1)
    client.send('basic.consume', { queue: 'q', consumerTag: 'c' }, 1)
    client.send('basic.cancel', { consumerTag: 'c' }, 1)
    broker.settle()
    expect(kinds()).toEqual([
      'queue.created guest',
      'exchange.created guest',
      'binding.created guest',
      'consumer.created guest',
      'consumer.deleted guest',
      'binding.deleted rmq-internal',
      'exchange.deleted rmq-internal',
      'queue.deleted rmq-internal',
    ])
  })

  it('tells of nothing when what is declared is there already', () => {
    const client = broker.connect().open().openChannel()
    client.send('queue.declare', { queue: 'q' }, 1)
    client.send('queue.bind', { queue: 'q', exchange: 'amq.fanout' }, 1)
    broker.settle()
    heard = []
    client.send('queue.declare', { queue: 'q' }, 1)
    client.send('queue.bind', { queue: 'q', exchange: 'amq.fanout' }, 1)
    client.send('queue.unbind', { queue: 'q', exchange: 'amq.direct' }, 1)
    client.send('queue.delete', { queue: 'missing' }, 1)
    broker.settle()
    expect(kinds()).toEqual([])
  })

  it('keeps the queues behind direct reply-to to itself', () => {
    const client = broker.connect().open().openChannel()
    heard = []
    client.send('basic.consume', { queue: 'amq.rabbitmq.reply-to', noAck: true, consumerTag: 'c' }, 1)
    client.send('basic.cancel', { consumerTag: 'c' }, 1)
    broker.settle()
    expect(kinds()).toEqual([])
  })

  it('tells of users and permissions, and of no password', () => {
    const { users, permissions, topicPermissions } = broker.broker
    users.add({ name: 'ann', tags: ['management'], passwordHash: 'secret' })
    users.add({ name: 'ann', tags: ['management'], passwordHash: 'secret too' })
    users.setTags('ann', [])
    users.add({ name: 'ann' })
    permissions.set('ann', '/', { configure: 'c', write: 'w', read: 'r' })
    topicPermissions.set('ann', '/', 'amq.topic', { write: 'w', read: 'r' })
    topicPermissions.clear('ann', '/')
    topicPermissions.clear('ann', '/')
    permissions.clear('ann', '/')
    permissions.clear('ann', '/')
    users.delete('ann')
    users.delete('ann')
    expect(heard.map(([kind, , data]) => [kind, data])).toEqual([
      ['user.created', { name: 'ann' }],
      ['user.tags.set', { name: 'ann', tags: ['management'] }],
      ['user.password.changed', { name: 'ann' }],
      ['user.tags.set', { name: 'ann', tags: [] }],
      ['user.password.cleared', { name: 'ann' }],
      [
        'permission.created',
        { user: 'ann', vhost: '/', patterns: { configure: 'c', write: 'w', read: 'r' } },
      ],
      [
        'topic.permission.created',
        { user: 'ann', vhost: '/', exchange: 'amq.topic', patterns: { write: 'w', read: 'r' } },
      ],
      ['topic.permission.deleted', { user: 'ann', vhost: '/', exchange: undefined }],
      ['permission.deleted', { user: 'ann', vhost: '/' }],
      ['user.deleted', { name: 'ann' }],
    ])
  })

  it('tells of a virtual host after its exchanges', () => {
    broker.broker.putVhost('v')
    expect(kinds().at(-1)).toBe('vhost.created rmq-internal')
    expect(new Set(kinds().slice(0, -1))).toEqual(new Set(['exchange.created rmq-internal']))
  })

  it('tells of an alarm once for each source, however often it is raised', () => {
    const { alarms } = broker.broker
    const raised = ['low on disk', 'low on disk', 'low on memory'].map(reason => alarms.raise(reason))
    for (const alarm of raised) alarm.clear()
    raised[0]?.clear()
    expect(heard.map(([kind, , data]) => [kind, data])).toEqual([
      ['alarm.set', { source: 'disk' }],
      ['alarm.set', { source: 'memory' }],
      ['alarm.cleared', { source: 'disk' }],
      ['alarm.cleared', { source: 'memory' }],
    ])
  })

  it('serves its clients while a listener throws', () => {
    broker.broker.events.listen(() => {
      throw new Error('a defect')
    })
    const client = broker.connect().open().openChannel()
    client.send('queue.declare', { queue: 'q' }, 1)
    broker.settle()
    expect(client.take('queue.declare-ok', 1)).toMatchObject({ fields: { queue: 'q' } })
  })
})
