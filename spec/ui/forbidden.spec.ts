/** What users who may not see everything see of the web UI: nothing that is not theirs. */
import { describeInBrowser } from './browser'

describeInBrowser('somebody without the tag management', ui => {
  it('does not get in, and is told why', async () => {
    await ui.addUser('plain', [], ['/'])
    const page = await ui.stranger('/')
    await page.getByLabel('Username').fill('plain')
    await page.getByLabel(/^Password/).fill('plain')
    await page.getByRole('button', { name: 'Log in' }).click()
    expect(await page.getByRole('alert').textContent()).not.toBe('')
    expect(await page.getByRole('navigation').count()).toBe(0)
  })
})

describeInBrowser('somebody with the tag management in one virtual host', ui => {
  beforeAll(async () => {
    await ui.api('PUT', '/vhosts/mine', {})
    await ui.addUser('tenant', ['management'], ['mine'])
    await ui.api('PUT', '/queues/mine/visible', {})
    await ui.api('PUT', '/queues/%2F/secret', {})
    await ui.api('PUT', '/policies/%2F/secret-policy', { pattern: '.*', definition: { expires: 1_000_000 } })
  })

  it('sees the queues of that virtual host only', async () => {
    const page = await ui.page('/queues', { user: 'tenant' })
    await page.getByRole('link', { name: 'visible' }).waitFor()
    await page.getByText('1–1 of 1 queue').waitFor()
    expect(await page.content()).not.toContain('secret')
  })

  it('is offered no other virtual host, and no page for administrators', async () => {
    const page = await ui.page('/', { user: 'tenant' })
    await page.getByRole('combobox', { name: 'Virtual host' }).click()
    expect(await page.getByRole('option').allTextContents()).toEqual(['All virtual hosts', 'mine'])
    const names = await page.getByRole('navigation').getByRole('link').allTextContents()
    expect(names.join()).not.toMatch(/Users|Limits/)
  })

  it.each([
    '/queues?vhost=%2F',
    '/queues/%2F/secret',
    '/exchanges?vhost=%2F',
    '/vhosts/%2F',
    '/policies?vhost=%2F',
    '/users',
    '/users/guest',
  ])('is refused %s, with the reason', async path => {
    const page = await ui.page(path, { user: 'tenant' })
    await page
      .getByRole('main')
      .getByText(/not allowed|not found/i)
      .first()
      .waitFor()
    const text = (await page.getByRole('main').textContent()) ?? ''
    expect(text).not.toMatch(/secret-policy|administrator,|expires/)
    expect(await page.getByRole('row').count()).toBe(0)
    await page.getByRole('navigation').waitFor() // and is not thrown out
  })

  it('finds nothing of others by Ctrl+K', async () => {
    const page = await ui.page('/', { user: 'tenant' })
    await page.keyboard.press('Control+k')
    await page
      .getByRole('combobox', { name: 'Go to' })
      .or(page.getByPlaceholder('Page, queue or exchange…'))
      .first()
      .fill('s')
    await page.getByText('visible').first().waitFor()
    expect(await page.content()).not.toContain('secret')
  })
})
