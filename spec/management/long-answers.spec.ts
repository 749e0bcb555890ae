import { exportDefinitions } from '../../src/broker/definitions/definitions'
import { LongList, LongObject } from '../../src/management/json'
import { ArrangedVhost } from '../support/arranged-vhost'

async function written(answer: LongObject): Promise<string> {
  let text = ''
  for await (const chunk of answer.chunks()) text += chunk
  return text
}

describe('an object with long lists', () => {
  it('reads as if it were written at once', async () => {
    const numbers = Array.from({ length: 300 }, (_, n) => n)
    const list = new LongList(
      numbers.length,
      n => ({ n }),
      async () => {},
    )
    const empty = new LongList(
      0,
      () => ({}),
      async () => {},
    )
    const whole = { a: 1, list, none: undefined, empty, 'b"': { c: [2n] } }
    expect(JSON.parse(await written(new LongObject(whole)))).toEqual({
      a: 1,
      list: numbers.map(n => ({ n })),
      empty: [],
      'b"': { c: [2] },
    })
    expect(await written(new LongObject({}))).toBe('{}')
  })
})

describe('the definitions of a broker with many queues', () => {
  it('are written in slices, and hold what there was when they were asked for', async () => {
    const arranged = new ArrangedVhost()
    for (let i = 0; i < 1000; i++) arranged.queue(`q${i}`)
    let pauses = 0
    const list = (items: readonly unknown[], view: (item: never) => object): LongList =>
      new LongList(
        items.length,
        index => view(items[index] as never),
        async () => {
          pauses++
          arranged.vhost.queues.clear()
        },
      )
    const text = await written(new LongObject(exportDefinitions(arranged.composed.broker, list)))
    expect(JSON.parse(text).queues).toHaveLength(1000)
    expect(pauses).toBe(7)
  })
})
