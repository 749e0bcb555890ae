import amqplib from 'amqplib'
import { eventually } from '../support/eventually'
import { CommandedBroker } from './against-a-broker'
import { killAll } from './leveret'

let broker: CommandedBroker

beforeAll(async () => {
  broker = await CommandedBroker.open()
})

afterAll(() => broker.close())

afterEach(killAll)

describe('leveret close-connection', () => {
  it('closes those of a user, who is told why', async () => {
    const connection = await amqplib.connect(broker.broker.url)
    let told = ''
    connection.on('close', (cause?: Error) => {
      told = cause?.message ?? ''
    })
    await eventually(async () => expect(await broker.json(['list', 'connections'])).toHaveLength(1))
    expect(await broker.says(['close-connection', '--of-user', 'nobody'])).toBe('closed 0 connections\n')
    expect(await broker.says(['close-connection', '--of-user', 'guest', '--reason', 'deploying'])).toBe(
      'closed 1 connection\n',
    )
    await eventually(() => expect(told).toContain('deploying'))
  })
})

describe('leveret list', () => {
  it.each([
    ['connections', 'name given name'],
    ['channels', 'name vhost'],
    ['consumers', 'vhost queue'],
  ])('lists %s, also when there are none', async (kind, head) => {
    expect((await broker.says(['list', kind])).replace(/ +/g, ' ')).toContain(head)
    expect(await broker.json(['list', kind])).toEqual([])
  })

  it('shows connections, channels and consumers while they are there', async () => {
    const connection = await amqplib.connect(broker.broker.url)
    const channel = await connection.createChannel()
    await channel.assertQueue('watched')
    await channel.prefetch(7)
    await channel.consume('watched', () => {}, { consumerTag: 'the-tag' })
    expect(await broker.json(['list', 'connections', '--columns', 'user,vhost,channels'])).toEqual([
      { user: 'guest', vhost: '/', channels: 1 },
    ])
    expect(await broker.json(['list', 'channels', '--columns', 'consumer_count'])).toEqual([
      { consumer_count: 1 },
    ])
    expect(
      await broker.json(['list', 'consumers', '--columns', 'queue.name,consumer_tag,prefetch_count']),
    ).toEqual([{ 'queue.name': 'watched', consumer_tag: 'the-tag', prefetch_count: 7 }])
    await connection.close()
  })

  it('shows the busiest connections', async () => {
    expect(await broker.says(['top', 'connections', '--once'])).toMatch(/^connection +vhost +user/)
  })
})
