import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import amqplib from 'amqplib'
import { eventually } from '../support/eventually'
import { temporaryFolder } from '../support/temporary-folder'
import { CommandedBroker } from './against-a-broker'
import { killAll } from './leveret'

const folder = temporaryFolder()
let broker: CommandedBroker

beforeAll(async () => {
  broker = await CommandedBroker.open()
})

afterAll(() => broker.close())

afterEach(killAll)

describe('leveret definitions', () => {
  it('exports to a file of its owner alone, which another broker imports', async () => {
    const file = join(folder, 'broker.json')
    await broker.says(['declare', 'exchange', 'exported', '--type', 'topic'])
    await broker.says(['declare', 'queue', 'exported', '--argument', 'x-max-length=7'])
    await broker.says(['bind', 'exported', 'exported', '-k', 'a.#'])
    expect(await broker.says(['definitions', 'export', file])).toBe(`exported to ${file}\n`)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(await broker.says(['definitions', 'export'])).toBe(readFileSync(file, 'utf8'))

    const other = await CommandedBroker.open()
    try {
      expect(await other.says(['definitions', 'import', file])).toMatch(/^imported .*\b1 bindings/)
      expect(
        await other.json(['list', 'queues', '--filter', '^exported$', '--columns', 'name,arguments']),
      ).toEqual([{ name: 'exported', arguments: { 'x-max-length': 7 } }])
      const vhost = await broker.says(['definitions', 'export', '-p', '/'])
      await other.says(['vhost', 'add', 'copy'])
      await other.says(['definitions', 'import', '-', '-p', 'copy'], vhost)
      expect(
        await other.json(['list', 'bindings', '-p', 'copy', '--filter', 'a.#', '--columns', 'source']),
      ).toEqual([{ source: 'exported' }])
    } finally {
      await other.close()
    }
  })

  it('refuses what is none', async () => {
    expect(await broker.run(['definitions', 'import'], '[]')).toMatchObject({
      code: 1,
      errors: 'leveret: these are no definitions: it must be a JSON object\n',
    })
    const file = join(folder, 'broken')
    writeFileSync(file, '{"queues": [')
    expect((await broker.run(['definitions', 'import', file])).errors).toMatch(
      /^leveret: these are no definitions: /,
    )
    expect(await broker.run(['definitions', 'import', join(folder, 'nope')])).toMatchObject({ code: 1 })
  })
})

describe('leveret close-connection', () => {
  it('closes those of a user, who is told why', async () => {
    const connection = await amqplib.connect(broker.broker.url)
    let told = ''
    connection.on('error', (cause: Error) => {
      told = cause.message
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
