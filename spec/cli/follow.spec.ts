import { ApiClient } from '../../src/cli/api-client'
import { Follower } from '../../src/cli/follow'
import { FakeApi } from './fake-api'

/** A queue behind the endpoint that looks at messages; positions only grow. */
let messages: { position: number; payload: string }[]
let next: number
let fake: FakeApi
let follower: Follower

beforeEach(async () => {
  messages = []
  next = 0
  fake = await FakeApi.open()
  fake.answer = ({ path }) => {
    const { searchParams } = new URL(path, fake.url)
    const offset = Number(searchParams.get('offset'))
    const limit = Number(searchParams.get('limit'))
    const items = messages.slice(offset, offset + limit)
    const end = offset + items.length
    return {
      body: { total: messages.length, offset, items, next_offset: end < messages.length ? end : null },
    }
  }
  const trust = { ca: undefined, insecure: false }
  follower = new Follower(new ApiClient({ url: fake.url, user: 'u', password: 'p', trust }), '/', 'q', {})
})

afterEach(() => fake.close())

function arrive(count: number): void {
  for (let at = 0; at < count; at++) messages.push({ position: next, payload: `m${next++}` })
}

async function seen(found: Promise<readonly object[]>): Promise<number[]> {
  return (await found).map(item => (item as { position: number }).position)
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, at) => from + at)
}

describe('one who follows a queue', () => {
  it('sees what comes in, once and in order', async () => {
    arrive(3)
    expect(await seen(follower.start(0))).toEqual([])
    expect(await seen(follower.next())).toEqual([])
    arrive(2)
    expect(await seen(follower.next())).toEqual([3, 4])
    expect(await seen(follower.next())).toEqual([])
  })

  it('sees the last ones first if asked to', async () => {
    arrive(300)
    expect(await seen(follower.start(250))).toEqual(range(50, 300))
    arrive(1)
    expect(await seen(follower.next())).toEqual([300])
  })

  it('begins with a queue that is empty', async () => {
    expect(await seen(follower.start(10))).toEqual([])
    arrive(1)
    expect(await seen(follower.next())).toEqual([0])
  })

  it('misses nothing of a burst', async () => {
    arrive(5)
    await follower.start(0)
    arrive(1500)
    expect(await seen(follower.next())).toEqual(range(5, 1505))
  })

  it('misses nothing when messages before it are consumed', async () => {
    arrive(1000)
    await follower.start(0)
    messages.splice(0, 990)
    arrive(3)
    expect(await seen(follower.next())).toEqual([1000, 1001, 1002])
    messages.length = 0
    expect(await seen(follower.next())).toEqual([])
    arrive(2)
    expect(await seen(follower.next())).toEqual([1003, 1004])
  })

  it('shows no message again that came back to its place', async () => {
    arrive(3)
    await follower.start(0)
    const [first] = messages.splice(1, 1)
    arrive(1)
    expect(await seen(follower.next())).toEqual([3])
    messages.splice(1, 0, first!)
    expect(await seen(follower.next())).toEqual([])
  })
})
