import { eventually } from './eventually'

/** An assertion that fails `failures` times, counting, and then gives 'done'. */
function failing(failures: number) {
  const attempts = { count: 0 }
  const assertion = () => {
    attempts.count++
    if (attempts.count <= failures) throw new Error(`attempt ${attempts.count}`)
    return 'done'
  }
  return { attempts, assertion }
}

describe('eventually', () => {
  it('gives back the result of an assertion that holds at once, after one attempt', async () => {
    const { attempts, assertion } = failing(0)

    expect(await eventually(assertion)).toBe('done')
    expect(attempts.count).toBe(1)
  })

  it('tries again until the assertion no longer throws', async () => {
    const { attempts, assertion } = failing(3)

    expect(await eventually(assertion, { intervalMs: 1 })).toBe('done')
    expect(attempts.count).toBe(4)
  })

  it('tries again until the assertion no longer rejects', async () => {
    const { attempts, assertion } = failing(3)

    expect(await eventually(async () => assertion(), { intervalMs: 1 })).toBe('done')
    expect(attempts.count).toBe(4)
  })

  it('throws the last failure at the timeout', async () => {
    const { attempts, assertion } = failing(Number.POSITIVE_INFINITY)

    const failure: Error = await eventually(assertion, { timeoutMs: 30, intervalMs: 1 }).then(
      fail,
      error => error,
    )

    expect(failure.message).toBe(`attempt ${attempts.count}`)
    expect(attempts.count).toBeGreaterThan(1)
  })

  it('makes the last attempt at the timeout, however long the interval', async () => {
    const { attempts, assertion } = failing(1)

    expect(await eventually(assertion, { timeoutMs: 20, intervalMs: 60_000 })).toBe('done')
    expect(attempts.count).toBe(2)
  })

  it('gives up an attempt that never settles', async () => {
    await expect(eventually(() => new Promise(() => {}), { timeoutMs: 20 })).rejects.toThrow(
      'the assertion had not settled after 20 ms',
    )
  })

  it('prefers the failure of an earlier attempt to that of one that never settles', async () => {
    let attempts = 0
    const assertion = () => {
      if (attempts++ === 0) throw new Error('not yet')
      return new Promise(() => {})
    }

    await expect(eventually(assertion, { timeoutMs: 20, intervalMs: 1 })).rejects.toThrow('not yet')
  })

  it('never has two attempts under way', async () => {
    let underWay = 0
    let most = 0
    let attempts = 0
    const slow = async () => {
      most = Math.max(most, ++underWay)
      await new Promise(resolve => setTimeout(resolve, 5))
      underWay--
      if (++attempts < 3) throw new Error('not yet')
    }

    await eventually(slow, { intervalMs: 1 })

    expect(most).toBe(1)
  })
})

function fail(): never {
  throw new Error('the assertion should not have held')
}
