/**
 * A real browser on the web UI of an embedded broker. Where there is no Chromium, or the UI was not built, the specs
 * that need them are skipped by name. One browser and one broker serve all specs of a file; each page is its own login.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { createBroker, type EmbeddedBroker } from '../../src'

const places = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium-headless-shell', // a third faster than one that could have a window
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
const executablePath = places.find(place => place !== undefined && existsSync(place))
const isBuilt = existsSync(join(__dirname, '..', '..', 'dist', 'ui', 'index.html'))
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync']

/** `describe` for what happens in a browser. */
export function describeInBrowser(name: string, specs: (ui: Ui) => void): void {
  if (executablePath === undefined)
    describe.skip(`${name} (skipped: there is no Chromium)`, () => specs(new Ui()))
  else if (!isBuilt) describe.skip(`${name} (skipped: dist/ui was not built)`, () => specs(new Ui()))
  else
    describe(name, () => {
      jest.setTimeout(120_000) // a browser on a loaded machine
      const ui = new Ui()
      beforeAll(() => ui.open())
      afterEach(() => ui.closePages())
      specs(ui)
      afterAll(() => ui.close()) // after what the specs close themselves
    })
}

export class Ui {
  private opened: { readonly broker: EmbeddedBroker; readonly browser: Browser } | undefined
  private readonly contexts = new Map<string, BrowserContext>()
  private readonly violations: string[] = []

  get broker(): EmbeddedBroker {
    return this.opened!.broker
  }

  get url(): string {
    return this.broker.managementUrl!
  }

  async open(): Promise<void> {
    const broker = await createBroker({ port: 0, management: true, managementPort: 0, logLevel: 'silent' })
    const browser = await chromium.launch({ executablePath: executablePath!, args })
    this.opened = { broker, browser }
  }

  /** A page of somebody logged in, at an address of the UI. The password is the name. */
  async page(path: string, { user = 'guest' }: PageOptions = {}): Promise<Page> {
    const context = await this.contextOf(user)
    if ((await context.cookies()).length === 0) {
      const answer = await context.request.post(`${this.url}/api/session`, {
        headers: { 'x-requested-with': 'leveret' },
        data: { username: user, password: user },
      })
      expect(answer.status()).toBe(200)
    }
    const page = await this.opens(context, path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    return page
  }

  /** A page of somebody who is not logged in. */
  async stranger(path: string): Promise<Page> {
    const context = await this.contextOf('')
    await context.clearCookies()
    return this.opens(context, path)
  }

  /** One for each user: the browser need not load the scripts each time. */
  private async contextOf(user: string): Promise<BrowserContext> {
    const known = this.contexts.get(user)
    if (known !== undefined) return known
    const context = await this.opened!.browser.newContext({ colorScheme: 'light', reducedMotion: 'reduce' })
    context.setDefaultTimeout(20_000)
    this.contexts.set(user, context)
    return context
  }

  private async opens(context: BrowserContext, path: string): Promise<Page> {
    const page = await context.newPage()
    page.on('console', message => {
      if (/content security policy/i.test(message.text())) this.violations.push(message.text())
    })
    page.on('pageerror', error => this.violations.push(String(error.stack)))
    await page.goto(`${this.url}${path}`)
    return page
  }

  /** Asks the API as guest does. */
  async api<T>(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<T> {
    const authorization = `Basic ${Buffer.from('guest:guest').toString('base64')}`
    const answer = await fetch(`${this.url}/api${path}`, {
      method,
      headers: { authorization },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }

  /** A user whose password is its name. */
  async addUser(name: string, tags: readonly string[], vhosts: readonly string[] = []): Promise<void> {
    await this.api('PUT', `/users/${name}`, { password: name, tags: tags.join(',') })
    for (const vhost of vhosts) {
      const all = { configure: '.*', write: '.*', read: '.*' }
      await this.api('PUT', `/permissions/${encodeURIComponent(vhost)}/${name}`, all)
    }
  }

  /** No page may have broken the content policy, or thrown. What one kept in the browser, the next shall not find. */
  async closePages(): Promise<void> {
    for (const page of [...this.contexts.values()].flatMap(context => context.pages())) {
      await page.evaluate('localStorage.clear()')
      await page.close()
    }
    expect(this.violations.splice(0)).toEqual([])
  }

  async close(): Promise<void> {
    await this.opened?.browser.close()
    await this.opened?.broker.close()
  }
}

export interface PageOptions {
  readonly user?: string
}

/** What axe finds wrong with the page, each with where: all rules in light, those of colour in dark, too. */
export async function axeProblems(page: Page): Promise<string[]> {
  const axe = () =>
    new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'], preload: false })
  const light = await axe().analyze()
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.locator('html[data-mantine-color-scheme=dark]').waitFor()
  const dark = await axe().withRules(['color-contrast']).analyze()
  await page.emulateMedia({ colorScheme: 'light' })
  return [...described(light.violations, 'light'), ...described(dark.violations, 'dark')]
}

type Violations = Awaited<ReturnType<AxeBuilder['analyze']>>['violations']

function described(violations: Violations, scheme: string): string[] {
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ html, failureSummary }) =>
        `${id} in ${scheme}: ${help}\n  ${html.slice(0, 200)}\n  ${failureSummary}`,
    ),
  )
}
