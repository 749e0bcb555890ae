/** Logging in and out of the web UI, and what it sends along. */
import { describeInBrowser } from './browser'

describeInBrowser('logging in', ui => {
  it('leads to the page that was asked for', async () => {
    const page = await ui.stranger('/queues')
    await page.getByLabel('Username').fill('guest')
    await page.getByLabel(/^Password/).fill('guest')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('heading', { level: 1, name: 'Queues' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/queues')
  })

  it('says that it failed, and shows nothing', async () => {
    const page = await ui.stranger('/queues')
    await page.getByLabel('Username').fill('guest')
    await page.getByLabel(/^Password/).fill('wrong')
    await page.getByRole('button', { name: 'Log in' }).click()
    expect(await page.getByRole('alert').textContent()).toContain('the name or the password is wrong')
    expect(await page.getByRole('navigation').count()).toBe(0)
  })

  it('is asked for again once the session has ended, at the same address', async () => {
    const page = await ui.page('/exchanges')
    await page.getByRole('button', { name: 'User guest' }).click()
    await page.getByRole('menuitem', { name: 'Log out' }).click()
    await page.getByRole('form', { name: 'Log in' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/exchanges')
    expect(await page.context().cookies()).toEqual([])
  })

  it('is asked for when another took the session away', async () => {
    const page = await ui.page('/')
    await page.context().clearCookies()
    const form = page.getByRole('form', { name: 'Log in' })
    await page.getByRole('link', { name: 'Queues' }).or(form).first().click() // what the page asks by itself may be first
    await form.waitFor()
  })

  it('keeps the session where no script can read it', async () => {
    const page = await ui.page('/')
    expect(await page.evaluate('document.cookie')).toBe('')
    const [cookie] = await page.context().cookies()
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' })
  })
})

describeInBrowser('the page of the web UI', ui => {
  it('forbids inline scripts, and has another nonce each time', async () => {
    const nonces = new Set<string>()
    for (let time = 0; time < 2; time++) {
      const answer = await fetch(`${ui.url}/queues/%2F/any`)
      const policy = answer.headers.get('content-security-policy') ?? ''
      expect(policy).toContain("script-src 'self';")
      expect(policy).toContain("frame-ancestors 'none'")
      const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? ''
      expect(await answer.text()).toContain(`content="${nonce}"`)
      nonces.add(nonce)
    }
    expect(nonces.size).toBe(2)
  })

  it('may be kept for ever where its name has a hash, and never itself', async () => {
    const page = await fetch(`${ui.url}/`)
    expect(page.headers.get('cache-control')).toBe('no-store')
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(await page.text())?.[1]
    const answer = await fetch(`${ui.url}${script}`)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toContain('immutable')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('content-encoding')).toBe('gzip')
    expect(answer.headers.get('content-type')).toContain('javascript')
    expect(await answer.text()).toContain('import')
  })

  it.each(['/api/nothing', '/assets/nothing.js'])('is not the answer to %s', async path => {
    expect((await fetch(`${ui.url}${path}`)).status).toBe(404)
  })
})
