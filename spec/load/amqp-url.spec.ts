import { parseAmqpUrl } from '../../src/load/amqp-url'

describe('an AMQP URL', () => {
  it.each([
    ['amqp://127.0.0.1', ['127.0.0.1', 5672, 'guest', 'guest', '/']],
    ['amqp://localhost:5673/', ['localhost', 5673, 'guest', 'guest', '/']],
    ['amqp://anna:b%40c@rabbit/shop', ['rabbit', 5672, 'anna', 'b@c', 'shop']],
    ['amqp://rabbit/%2F', ['rabbit', 5672, 'guest', 'guest', '/']],
    ['amqp://rabbit/a%2Fb?heartbeat=5', ['rabbit', 5672, 'guest', 'guest', 'a/b']],
    ['amqp://[::1]:5672', ['::1', 5672, 'guest', 'guest', '/']],
  ])('%s is understood', (text, [host, port, user, password, vhost]) => {
    expect(parseAmqpUrl(text)).toEqual({ host, port, user, password, vhost })
  })

  it.each([
    ['rabbit', 'what was given is no AMQP URL; expected amqp://user:password@host:port/vhost'],
    ['', 'what was given is no AMQP URL; expected amqp://user:password@host:port/vhost'],
    ['amqp://rabbit:x', 'what was given is no AMQP URL'],
    ['http://rabbit', 'http:// is not supported here; expected amqp://'],
    ['amqps://rabbit', 'amqps:// is not supported here; expected amqp://'],
  ])('%j is refused', (text, message) => {
    expect(() => parseAmqpUrl(text)).toThrow(message)
  })
})
