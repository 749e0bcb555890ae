/** What works on every page: keys, search, virtual host, colours, live updates; and the overview. */
import { readFileSync } from 'node:fs'
import amqp from 'amqplib'
import { eventually } from '../support/eventually'
import { describeInBrowser } from './browser'

describeInBrowser('the keyboard', ui => {
  it('goes to pages, to the filter, and tells its keys', async () => {
    const page = await ui.page('/')
    await page.keyboard.press('g')
    await page.keyboard.press('q')
    await page.getByRole('heading', { level: 1, name: 'Queues' }).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('g e?')
    const filter = page.getByLabel('Filter queues by name')
    expect(await filter.inputValue()).toBe('g e?')
    await filter.blur()
    await page.keyboard.press('?')
    expect(await page.getByRole('dialog').textContent()).toContain('Filter the list')
  })

  it('jumps to any queue by Ctrl+K', async () => {
    await ui.api('PUT', '/queues/%2F/far%2Faway', {})
    const page = await ui.page('/')
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder('Page, queue or exchange…').fill('far')
    await page.getByText('far/away').click()
    await eventually(() => expect(new URL(page.url()).pathname).toBe('/queues/%2F/far%2Faway'))
  })
})

describeInBrowser('the header', ui => {
  it('narrows the lists to one virtual host, also on the next page', async () => {
    await ui.api('PUT', '/vhosts/other', {})
    await ui.api('PUT', '/permissions/other/guest', { configure: '.*', write: '.*', read: '.*' })
    await ui.api('PUT', '/queues/other/only-here', {})
    await ui.api('PUT', '/queues/%2F/elsewhere', {})
    const page = await ui.page('/queues')
    await page.getByText('1–2 of 2 queues').waitFor()
    await page.getByRole('combobox', { name: 'Virtual host' }).click()
    await page.getByRole('option', { name: 'other' }).click()
    await page.getByText('1–1 of 1 queue').waitFor()
    await page.getByRole('navigation').getByRole('link', { name: 'Exchanges' }).click()
    await page.getByRole('link', { name: 'amq.topic' }).waitFor()
    expect(await page.getByRole('link', { name: 'amq.topic' }).count()).toBe(1)
  })

  it('keeps the colours that were chosen', async () => {
    const page = await ui.page('/')
    const scheme = () =>
      page.evaluate<string>("document.documentElement.getAttribute('data-mantine-color-scheme')")
    await page.getByRole('button', { name: 'Colours: as the system' }).click()
    await page.getByRole('button', { name: 'Colours: light' }).click()
    expect(await scheme()).toBe('dark')
    await page.reload()
    await page.getByRole('button', { name: 'Colours: dark' }).waitFor()
    expect(await scheme()).toBe('dark')
  })

  it('says that the page is live, with one stream for all of it', async () => {
    const page = await ui.page('/')
    await page.getByText('live', { exact: true }).waitFor()
    const streams: string[] = []
    page.on('request', request => {
      if (request.url().includes('/api/live')) streams.push(request.url())
    })
    await page.getByRole('navigation').getByRole('link', { name: 'Queues' }).click()
    await eventually(() => expect(streams.at(-1)).toContain(encodeURIComponent('/queues?page=1')))
    expect(streams.length).toBeLessThanOrEqual(2)
  })
})

describeInBrowser('live updates', ui => {
  it('become questions every few seconds where the stream does not come through', async () => {
    const page = await ui.page('/queues')
    await page.route('**/api/live?**', route => route.abort())
    await page.reload()
    await page.getByText('waiting', { exact: true }).waitFor()
    await ui.api('PUT', '/queues/%2F/asked-for', {})
    await page.getByRole('link', { name: 'asked-for' }).waitFor()
  })

  it('rest while the tab is hidden, and are there again after', async () => {
    const page = await ui.page('/queues')
    await page.getByText('live', { exact: true }).waitFor()
    const hide = (isHidden: boolean) =>
      page.evaluate(`{
        Object.defineProperty(document, 'hidden', { value: ${isHidden}, configurable: true })
        document.dispatchEvent(new Event('visibilitychange'))
      }`)
    await hide(true)
    await page.getByText('paused', { exact: true }).waitFor()
    await ui.api('PUT', '/queues/%2F/meanwhile', {})
    await hide(false)
    await page.getByRole('link', { name: 'meanwhile' }).waitFor()
  })
})

describeInBrowser('the overview', ui => {
  it('draws what flows, and tells it in words', async () => {
    const connection = await amqp.connect(ui.broker.url)
    const channel = await connection.createChannel()
    await channel.assertQueue('drawn')
    for (let number = 0; number < 10; number++) channel.sendToQueue('drawn', Buffer.from('one'))
    const page = await ui.page('/')
    const chart = page.getByRole('img', { name: /^Queued messages, last minute: .*Ready 10, Unacked 0/ })
    await chart.waitFor()
    expect(await chart.locator('canvas').count()).toBe(1)
    await page.getByRole('figure', { name: 'Message rates, last minute' }).waitFor()
    await page.getByText('no alarms').waitFor()
    await connection.close()
  })

  it('looks back as far as is chosen', async () => {
    const page = await ui.page('/')
    await page.getByText('10 min', { exact: true }).click()
    await page.getByRole('figure', { name: 'Churn, last ten minutes' }).waitFor()
    expect(new URL(page.url()).searchParams.get('range')).toBe('10m')
  })

  it('exports definitions, and imports them after it has said what is in them', async () => {
    await ui.api('PUT', '/queues/%2F/kept', { durable: true })
    const page = await ui.page('/')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export' }).click(),
    ])
    const path = await download.path()
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      queues: expect.arrayContaining([expect.objectContaining({ name: 'kept' })]),
    })
    await ui.api('DELETE', '/queues/%2F/kept')
    await page.getByLabel('Definitions file').setInputFiles({
      name: 'kept.json',
      mimeType: 'application/json',
      buffer: readFileSync(path),
    })
    const dialog = page.getByRole('dialog')
    await dialog.getByText(/1 user, .*queue/).waitFor()
    await dialog.getByRole('button', { name: 'Import' }).click()
    await page.getByText('Definitions of kept.json imported').waitFor()
    expect(await ui.api('GET', '/queues/%2F/kept')).toMatchObject({ durable: true })
  })
})
