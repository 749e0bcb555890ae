import { PreconditionFailed } from '../../src/amqp/errors'
import { fieldTable } from '../../src/amqp/table'
import { keysIn, senderSelectedKeys } from '../../src/exchanges/sender-selected'

describe('the keys in the headers CC and BCC', () => {
  it('are none without headers, without these headers, and in empty ones', () => {
    expect(senderSelectedKeys(undefined)).toEqual([])
    expect(senderSelectedKeys(fieldTable({ cc: ['a'], Bcc: ['b'] }))).toEqual([])
    expect(senderSelectedKeys(fieldTable({ CC: [], BCC: [] }))).toEqual([])
  })

  it('come from both, those of CC first', () => {
    expect(senderSelectedKeys(fieldTable({ BCC: ['b'], CC: ['a', 'ä'] }))).toEqual(['a', 'ä', 'b'])
    expect(senderSelectedKeys(fieldTable({ BCC: ['b'] }))).toEqual(['b'])
    expect(senderSelectedKeys(fieldTable({ CC: ['a'] }))).toEqual(['a'])
  })

  it('can be read from one of them', () => {
    const headers = fieldTable({ CC: ['a'], BCC: ['b'] })
    expect([keysIn(headers, 'CC'), keysIn(headers, 'BCC')]).toEqual([['a'], ['b']])
  })

  it('are only the texts among the elements', () => {
    expect(senderSelectedKeys(fieldTable({ CC: [1, 'a', null, ['b'], Buffer.from('c')] }))).toEqual(['a'])
  })

  it.each([
    ['CC', 'a', '"CC",longstr'],
    ['BCC', 'a', '"BCC",longstr'],
    ['CC', null, '"CC",void'],
    ['CC', {}, '"CC",table'],
    ['BCC', 5, '"BCC",signedint'],
  ])('are refused when %s is %p, in the words of RabbitMQ', (header, value, refused) => {
    const refusal = new PreconditionFailed(`invalid message: {unacceptable_type_in_header,${refused}}`)
    expect(() => senderSelectedKeys(fieldTable({ [header]: value }))).toThrow(refusal)
  })
})
