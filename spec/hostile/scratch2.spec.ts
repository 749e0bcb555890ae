import { conversation } from './conversation'
import { standingOf } from './standing'
import { inProcessBroker } from '../support/in-process'
import { InProcessClient } from '../support/in-process-clients'
it('x', () => {
  const b = inProcessBroker()
  const before = standingOf(b)
  const c = b.connect()
  c.say(Buffer.concat(conversation()))
  console.log(c.unread.join('\n'), c.isClosed, Buffer.concat(conversation()).length)
  expect(standingOf(b)).toEqual(before)
  const all = Buffer.concat(conversation())
  const t = performance.now()
  for (let i = 0; i < 1000; i++) { const d = b.connectBare(); d.say(all); d.reset() }
  console.log(performance.now() - t)
  expect(standingOf(b)).toEqual(before)
  console.log(b.log.lines.filter(l => l.level !== 'debug'))
})
