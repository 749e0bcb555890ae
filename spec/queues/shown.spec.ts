/** What others may see of a message. */
import { encodeProperties } from '../../src/amqp/properties'
import type { FieldTable, FieldValue } from '../../src/amqp/table'
import { Mark, recordOf } from '../../src/message'
import { hasBcc, shown } from '../../src/queues/shown'
import { bodyOf, messageWith } from '../support/messages'

function keys(...names: readonly string[]): FieldValue {
  return { type: 'A', value: names.map(name => ({ type: 'S', value: Buffer.from(name) })) }
}

function blind(headers: FieldTable, mark: number = Mark.blindCarbon) {
  const message = messageWith('body', { properties: encodeProperties({ headers, contentType: 'text' }) })
  message.marks = mark
  return message
}

describe('a message with BCC', () => {
  it('is shown without it, and with everything else', () => {
    const message = blind(
      new Map([
        ['CC', keys('seen')],
        ['BCC', keys('hidden')],
      ]),
    )
    const view = shown(message)
    expect([...(view.headers()?.keys() ?? [])]).toEqual(['CC'])
    expect([bodyOf(view), view.routingKey]).toEqual(['body', 'key'])
    expect(recordOf(view).includes('hidden')).toBe(false)
    expect(recordOf(view).includes('text')).toBe(true)
  })

  it('keeps it itself, for its dead letters', () => {
    const message = blind(new Map([['BCC', keys('hidden')]]))
    shown(message)
    expect(hasBcc(message)).toBe(true)
  })

  it('is shown as it is when it was not marked: then BCC means nothing', () => {
    const message = blind(new Map(), 0)
    expect(shown(message)).toBe(message)
    expect([hasBcc(message), hasBcc(messageWith(''))]).toEqual([false, false])
  })
})
