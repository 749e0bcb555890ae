/** Explaining a route in a browser: every verdict in words, with nothing published. */
import amqp, { type Channel, type ChannelModel } from 'amqplib'
import type { Page } from 'playwright-core'
import { axeProblems, describeInBrowser } from './browser'

describeInBrowser('explaining a route', ui => {
  let connection: ChannelModel
  let channel: Channel

  beforeAll(async () => {
    connection = await amqp.connect(ui.broker.url)
    channel = await connection.createChannel()
    await channel.assertExchange('orders', 'topic')
    await channel.assertExchange('audit', 'headers')
    await channel.assertExchange('rest', 'fanout')
    await channel.assertExchange('strict', 'direct', { alternateExchange: 'rest' })
    for (const queue of ['eu', 'new', 'all', 'found']) await channel.assertQueue(queue)
    await channel.bindQueue('eu', 'orders', 'order.eu.#')
    await channel.bindQueue('new', 'orders', 'order.*.new')
    await channel.bindExchange('audit', 'orders', '#.audited')
    await channel.bindQueue('all', 'audit', '', { 'x-match': 'any', kind: 'order' })
    await channel.bindQueue('found', 'rest', '')
  })

  afterAll(() => connection.close())

  async function explain(page: Page, key: string): Promise<void> {
    const form = page.getByRole('form', { name: 'Explain a route' })
    await form.getByLabel('Routing key').fill(key)
    await form.getByRole('button', { name: 'Explain' }).click()
  }

  it('tells of each binding whether it takes the message, and why', async () => {
    const page = await ui.page('/explain?exchange=orders')
    await explain(page, 'order.us.new')
    await page.getByText('One queue gets it').waitFor()
    await page
      .getByRole('row', {
        name: "takes it orders queue new order.*.new routing key 'order.us.new' matches 'order.*.new'",
      })
      .waitFor()
    await page
      .getByRole('row', {
        name: /does not orders queue eu order\.eu\.# .*does not match 'order\.eu\.#': word 2 is 'us', not 'eu'/,
      })
      .waitFor()
    await page.getByRole('row', { name: /not reached audit queue all/ }).waitFor()
    expect(await channel.checkQueue('new')).toMatchObject({ messageCount: 0 })
  })

  it('follows exchanges bound to exchanges, and asks headers', async () => {
    const page = await ui.page('/explain?exchange=orders')
    await explain(page, 'order.audited')
    await page.getByText('No queue gets it').waitFor()
    await page.getByRole('row', { name: /does not audit queue all .*header 'kind' is missing/ }).waitFor()
    const headers = page.getByRole('group', { name: 'Headers' })
    await headers.getByRole('button', { name: 'Add' }).click()
    await headers.getByLabel('Argument name').fill('kind')
    await headers.getByLabel('Argument value').fill('order')
    await explain(page, 'order.audited')
    await page.getByText('One queue gets it').waitFor()
    await page.getByRole('row', { name: /takes it audit queue all/ }).waitFor()
    await page.getByRole('status').getByRole('link', { name: 'all' }).click()
    await page.getByRole('heading', { level: 1, name: 'all' }).waitFor()
  })

  it('tells of the alternate exchange that gets what finds no way', async () => {
    const page = await ui.page('/exchanges/%2F/strict?tab=explain')
    await explain(page, 'anything')
    await page.getByText('One queue gets it').waitFor()
    await page.getByText("Exchange 'strict' leads nowhere: its alternate exchange 'rest' is asked.").waitFor()
    await page.getByRole('row', { name: /takes it rest queue found/ }).waitFor()
  })

  it('answers for the default exchange, and asks anew when another one is chosen', async () => {
    const page = await ui.page('/explain')
    await page.getByText('No exchange yet').waitFor()
    await page.getByRole('combobox', { name: 'Exchange' }).fill('amq.default')
    await explain(page, 'eu')
    await page.getByRole('row', { name: /takes it \(default\) queue eu/ }).waitFor()
    await page.getByRole('combobox', { name: 'Exchange' }).fill('rest')
    await page.getByText('One queue gets it').waitFor({ state: 'detached' })
    expect(await page.getByLabel('Routing key').inputValue()).toBe('eu')
    await explain(page, 'eu')
    await page.getByRole('row', { name: /takes it rest queue found/ }).waitFor()
  })

  it("shows the server's words for an exchange that is none, and what is wrong with a header", async () => {
    const page = await ui.page('/explain?exchange=nowhere')
    await explain(page, 'x')
    await page
      .getByRole('status')
      .getByText(/not found|no exchange/i)
      .waitFor()
    const headers = page.getByRole('group', { name: 'Headers' })
    await headers.getByRole('button', { name: 'Add' }).click()
    await headers.getByLabel('Argument name').fill('n')
    await headers.getByRole('combobox', { name: 'Argument type' }).click()
    await page.getByRole('option', { name: 'Number' }).click()
    await headers.getByLabel('Argument value').fill('seven')
    await explain(page, 'x')
    await page.getByRole('status').getByText('n: "seven" is not a number').waitFor()
  })

  it('tells nothing to somebody without a permission in the virtual host', async () => {
    await ui.addUser('stranger', ['management'])
    const page = await ui.page('/exchanges/%2F/orders?tab=explain', { user: 'stranger' })
    await page.getByRole('alert').first().waitFor()
    expect(await page.content()).not.toMatch(/order\.eu|audit/)
  })

  it('is clean for axe, with verdicts of every kind', async () => {
    const page = await ui.page('/explain?exchange=orders')
    await explain(page, 'order.us.new')
    await page.getByRole('row', { name: /not reached/ }).waitFor()
    expect(await axeProblems(page)).toEqual([])
    await explain(page, 'nothing')
    await page.getByText('No queue gets it').waitFor()
    expect(await axeProblems(page)).toEqual([])
  })
})
