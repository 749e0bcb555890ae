/**
 * Everything comes and goes on a broker that keeps something of every connection: that is found in its heap, and nothing
 * else is. `npm run leaks` does it more often, on a broker without a planted leak.
 */
import { join } from 'node:path'
import { churns } from './churns'
import { measure } from './measure'
import { measureStarts } from './starts'
import { Subject } from './subject'

jest.setTimeout(120_000)

it('whatever comes and goes leaves nothing behind but the planted leak', async () => {
  const subject = new Subject([join(__dirname, 'planted-leak.cjs')])
  await subject.start()
  const short = Object.values(churns)
    .flat()
    .filter(({ fixedTimes }) => fixedTimes === undefined)
  const { grown, holders } = await measure(subject, short, 6)
  await subject.stop()
  expect(ofSomebody(grown)).toEqual(['object Planted'])
  expect(holders).toContain('.kept Array')
  expect(subject.complaints).toEqual([])
})

it('brokers of tests that were stopped leave nothing in the process', async () => {
  const { grown, handles } = await measureStarts('testing', 6)
  expect(ofSomebody(grown)).toEqual([])
  expect(handles[1]).toEqual(handles[0])
})

/** Strings and plain objects come and go in V8 itself: many rounds tell about them, few do not. */
function ofSomebody(grown: readonly string[]): string[] {
  const names = grown.map(each => each.replace(/:.*/, ''))
  return names.filter(name => name.startsWith('object ') && !/^object (Object|Array|Map|Set)$/.test(name))
}
