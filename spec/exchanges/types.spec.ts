import { PreconditionFailed } from '../../src/amqp/errors'
import { predeclaredExchanges } from '../../src/exchanges/predeclared'
import { checkExchangeType, createExchange, exchangeTypeNames } from '../../src/exchanges/types'
import { exchangeOfType } from './arrange'

describe('the types of exchange', () => {
  it('are those of the specification and of RabbitMQ and its plugins', () => {
    expect(exchangeTypeNames).toEqual([
      'direct',
      'fanout',
      'headers',
      'topic',
      'x-consistent-hash',
      'x-local-random',
      'x-modulus-hash',
      'x-random',
      'x-recent-history',
    ])
  })

  it('answer by name, with an exchange that says the same name', () => {
    for (const type of exchangeTypeNames) expect(exchangeOfType(type).type).toBe(type)
  })

  it('refuse an unknown name in the words of RabbitMQ', () => {
    const refusal = new PreconditionFailed("unknown exchange type 'x-unheard-of'")
    expect(() => checkExchangeType('x-unheard-of')).toThrow(refusal)
    expect(() => exchangeOfType('x-unheard-of')).toThrow(refusal)
  })

  it('refuse names that are near misses: case, spaces, properties of every object', () => {
    for (const type of ['', 'Direct', ' direct', 'constructor', '__proto__']) {
      expect(() => checkExchangeType(type)).toThrow(PreconditionFailed)
    }
  })
})

describe('the predeclared exchanges', () => {
  it('are those of RabbitMQ', () => {
    expect(predeclaredExchanges.map(({ name, type }) => `${name}: ${type}`)).toEqual([
      'amq.direct: direct',
      'amq.fanout: fanout',
      'amq.headers: headers',
      'amq.match: headers',
      'amq.rabbitmq.trace: topic',
      'amq.topic: topic',
    ])
  })

  it('can all be made', () => {
    for (const { name, type, internal } of predeclaredExchanges) {
      const declaration = { name, internal, durable: true, autoDelete: false, arguments: new Map() }
      expect(createExchange(type, declaration)).toMatchObject({ name, type, internal, durable: true })
    }
  })

  it('take messages from clients, except for the one of the firehose', () => {
    const internal = predeclaredExchanges.filter(exchange => exchange.internal)
    expect(internal.map(exchange => exchange.name)).toEqual(['amq.rabbitmq.trace'])
  })
})
