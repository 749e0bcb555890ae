import { SharedTexts } from '../../src/management/shared-text'

const LINE = `${'x'.repeat(1023)}\n`
const MIB = 1024

describe('a text that several ask for', () => {
  let lines: number
  let texts: SharedTexts
  beforeEach(() => {
    lines = 0
    texts = new SharedTexts()
  })

  async function* kibibytes(count: number): AsyncGenerator<string> {
    for (let i = 0; i < count; i++) {
      lines++
      yield LINE
    }
  }

  const ask = (kib: number) => texts.read('/', () => kibibytes(kib))
  const whole = async (parts: AsyncGenerator<Buffer>): Promise<number> => {
    let bytes = 0
    for await (const part of parts) bytes += part.length
    return bytes
  }
  /** Until the writing waits for somebody. */
  const standStill = async (): Promise<void> => {
    for (let before = -1; before !== lines; ) {
      before = lines
      await new Promise(resolve => setImmediate(resolve))
    }
  }

  it('is written once for all who ask at the same time', async () => {
    const readers = [ask(100), ask(100), ask(100)]
    expect(await Promise.all(readers.map(whole))).toEqual([102400, 102400, 102400])
    expect(lines).toBe(100)
    expect(await whole(ask(100))).toBe(102400)
    expect(lines).toBe(200)
  })

  it('is written no more than some megabytes ahead of whoever reads fastest', async () => {
    const slow = ask(20 * MIB)
    const fast = ask(20 * MIB)
    await standStill()
    expect(lines).toBeLessThan(5 * MIB)
    for (let read = 0; read < 8 * MIB * 1024; ) read += (await fast.next()).value?.length ?? 0
    await standStill()
    expect(lines).toBeGreaterThan(11 * MIB)
    expect(lines).toBeLessThan(13 * MIB)
    void fast.return(undefined)
    expect(await whole(slow)).toBe(20 * MIB * 1024)
    expect(lines).toBe(20 * MIB)
  })

  it('is another for who comes when the first megabytes are written', async () => {
    const stuck = ask(20 * MIB)
    await standStill()
    const before = lines
    expect(await whole(ask(20 * MIB))).toBe(20 * MIB * 1024)
    expect(lines).toBe(before + 20 * MIB)
    void stuck.return(undefined)
  })

  it('fails for all who read it, and for nobody else', async () => {
    const failing = async function* () {
      yield* kibibytes(100)
      throw new Error('no more')
    }
    const readers = [texts.read('/', failing), texts.read('/', failing)]
    for (const reader of readers) await expect(whole(reader)).rejects.toThrow('no more')
    expect(await whole(ask(1))).toBe(1024)
  })
})
