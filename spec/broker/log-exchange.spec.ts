/** Lines on their way to the log exchange: none of them throws, and none begets another. */
import { openLogExchange } from '../../src/broker/events/log-exchange'
import { alsoTo } from '../../src/logger'
import { inProcessBroker } from '../support/in-process'
import { getFrom } from '../support/queues'

function logging() {
  const composed = inProcessBroker()
  const { broker, vhost, log } = composed
  const copy = openLogExchange(broker, vhost)
  const logger = alsoTo(log, 'debug', copy)
  const client = composed.connect().open().openChannel()
  client.send('queue.declare', { queue: 'q' }, 1)
  client.send('queue.bind', { queue: 'q', exchange: 'amq.rabbitmq.log', routingKey: '#' }, 1)
  composed.settle()
  const queue = vhost.requireQueue('q')
  return { ...composed, logger, queue }
}

describe('a line for the log exchange', () => {
  it('is a message at the end of the turn', () => {
    const { logger, queue, settle } = logging()
    logger.info('a line')
    expect(queue.messageCount).toBe(0)
    settle()
    expect(queue.messageCount).toBe(1)
  })

  it('throws nothing when its fields cannot be written', () => {
    const { logger, queue, settle, log } = logging()
    const unprintable = {
      toString() {
        throw new Error('no text')
      },
    }
    expect(() => logger.info({ unprintable }, 'a line')).not.toThrow()
    logger.info('the next')
    settle()
    expect(queue.messageCount).toBe(1)
    expect(log.lines.map(({ message }) => message)).toEqual(expect.arrayContaining(['a line', 'the next']))
  })

  it('begets no other while it is written', () => {
    const { logger, queue, settle } = logging()
    const talkative = {
      toString() {
        logger.info('a line about a line')
        return 'text'
      },
    }
    logger.info({ talkative }, 'a line')
    settle()
    expect(queue.messageCount).toBe(1)
  })

  it('is one line, whatever peers called themselves', () => {
    const { logger, queue, settle } = logging()
    logger.warn({ user: 'ann\n2026 [info] all is well' }, "no queue 'q\n2026 [info] all is well'")
    settle()
    const { bodyBytes, bodyStart, bodyEnd } = getFrom(queue)!.message
    expect(bodyBytes.toString('utf8', bodyStart, bodyEnd).trimEnd().split('\n')).toHaveLength(1)
  })
})
