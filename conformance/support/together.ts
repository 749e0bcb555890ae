/**
 * Tests that mostly wait for the server's timers: they start together, so that a file takes as long as its slowest, and
 * each is still a test by its own name. They may not share a broker that is cleared after each test: use `useBroker`
 * with 'all'.
 */
export function itTogether(tests: { readonly [title: string]: () => Promise<void> }): void {
  const runs = new Map<string, Promise<void>>()
  beforeAll(() => {
    for (const [title, run] of Object.entries(tests)) {
      const running = run()
      running.catch(() => {}) // its test will say so
      runs.set(title, running)
    }
  })
  for (const title of Object.keys(tests)) it(title, async () => runs.get(title))
}
