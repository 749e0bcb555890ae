/** A broker that anybody could log in to says so when it starts. */

import { Broker } from '../../src/broker/broker'
import { compatOf } from '../../src/broker/compat'
import { type Door, warnOfOpenDoor } from '../../src/embed/open-door'
import { MemoryStore } from '../../src/store/memory-store'
import { ManualClock } from '../support/manual-clock'
import { ManualTurn } from '../support/manual-turn'
import { RecordingLogger } from '../support/recording-logger'

const here: Door = {
  host: '127.0.0.1',
  port: 5672,
  tlsCert: undefined,
  management: true,
  managementHost: '::1',
}

function warnings(options: Partial<Door>, loopbackUsers: string[], password = 'guest'): string[] {
  const turn = new ManualTurn()
  const around = { clock: new ManualClock(), turn, store: new MemoryStore(turn), compat: compatOf('4.2') }
  const broker = new Broker(around, { user: 'guest', password, vhost: '/', loopbackUsers })
  const logger = new RecordingLogger()
  warnOfOpenDoor(broker, { ...here, ...options }, logger)
  return logger.at('warn')
}

describe('a broker that others can reach', () => {
  it.each<[string, Partial<Door>]>([
    ['for AMQP', { host: '0.0.0.0' }],
    ['for AMQP on IPv6', { host: '::' }],
    ['for AMQP over TLS', { host: '0.0.0.0', port: false, tlsCert: 'server.pem' }],
    ['for its management', { managementHost: '192.0.2.1' }],
  ])('warns of guest with its first password: %s', (_, options) => {
    expect(warnings(options, []).join()).toContain('can log in as guest')
  })

  it('does not when guest may log in from this machine only', () => {
    expect(warnings({ host: '0.0.0.0' }, ['guest'])).toEqual([])
  })

  it('does not when guest has another password', () => {
    expect(warnings({ host: '0.0.0.0' }, [], 'another')).toEqual([])
  })

  it('is not one that listens on this machine, or has no management there', () => {
    expect(warnings({}, [])).toEqual([])
    expect(warnings({ host: 'localhost' }, [])).toEqual([])
    expect(warnings({ host: '0.0.0.0', port: false }, [])).toEqual([])
    expect(warnings({ managementHost: '0.0.0.0', management: false }, [])).toEqual([])
  })
})
