/** The page of one exchange in a browser: its rates, publishing, binding both ways, deleting; also the default one. */
import amqp, { type ChannelModel, type ConfirmChannel } from 'amqplib'
import { eventually } from '../support/eventually'
import { axeProblems, describeInBrowser } from './browser'

const tabs = ['overview', 'bindings', 'publish', 'explain']

function pageOf(exchange: string, tab = 'overview'): string {
  return `/exchanges/%2F/${encodeURIComponent(exchange)}?tab=${tab}`
}

describeInBrowser('the page of an exchange', ui => {
  let connection: ChannelModel
  let channel: ConfirmChannel

  beforeAll(async () => {
    connection = await amqp.connect(ui.broker.url)
    channel = await connection.createConfirmChannel()
  })

  afterAll(() => connection.close())

  it('shows what goes in and out, as it was sampled', async () => {
    await channel.assertExchange('busy', 'fanout')
    await channel.assertQueue('one')
    await channel.assertQueue('two')
    await channel.bindQueue('one', 'busy', '')
    await channel.bindQueue('two', 'busy', '')
    const page = await ui.page(pageOf('busy'))
    await page.getByText('A fanout exchange in virtual host /').waitFor()
    const chart = page.getByRole('figure').or(page.locator('.chart')).first()
    // until a sample was taken between two of these
    await eventually(
      async () => {
        channel.publish('busy', '', Buffer.from('x'))
        expect(await chart.textContent()).toMatch(/Publish in *[1-9.]+\/s.*Publish out *[1-9.]+\/s/)
      },
      { timeoutMs: 20_000, intervalMs: 50 },
    )
  })

  it('publishes to it, and a client receives the message by its routing key', async () => {
    await channel.assertExchange('by topic', 'topic')
    await channel.assertQueue('matching')
    await channel.bindQueue('matching', 'by topic', 'a.*')
    const page = await ui.page(pageOf('by topic', 'publish'))
    await page.getByLabel('Routing key').fill('a.b.c')
    await page.getByLabel('Payload', { exact: true }).fill('hello')
    await page.getByRole('button', { name: 'Publish', exact: true }).click()
    await page.getByText('but no queue took it').waitFor()
    await page.getByLabel('Routing key').fill('a.b')
    await page.getByRole('button', { name: 'Publish', exact: true }).click()
    await page.getByText('and routed to at least one queue').waitFor()
    const message = await channel.get('matching', { noAck: true })
    expect(message).toMatchObject({ fields: { exchange: 'by topic', routingKey: 'a.b' } })
    expect(message && String(message.content)).toBe('hello')
    expect(await channel.checkQueue('matching')).toMatchObject({ messageCount: 0 })
  })

  it('publishes to the default exchange, which nobody binds or deletes', async () => {
    await channel.assertQueue('by name')
    const page = await ui.page(pageOf('amq.default'))
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Default exchange')
    await page.getByText('A direct exchange in virtual host /').waitFor()
    expect(await page.getByRole('tab').allTextContents()).toEqual(['Overview', 'Publish', 'Explain'])
    expect(await page.getByRole('button', { name: 'Delete' }).count()).toBe(0)
    await page.getByRole('tab', { name: 'Publish' }).click()
    await page.getByLabel('Routing key').fill('by name')
    await page.getByRole('button', { name: 'Publish', exact: true }).click()
    await page.getByText('and routed to at least one queue').waitFor()
    expect(await channel.checkQueue('by name')).toMatchObject({ messageCount: 1 })
  })

  it('binds a queue and another exchange to it, and shows both ways', async () => {
    await channel.assertExchange('upper', 'direct')
    await channel.assertExchange('lower', 'fanout')
    await channel.assertQueue('last')
    await channel.bindQueue('last', 'lower', '')
    const page = await ui.page(pageOf('upper', 'bindings'))
    const form = page.getByRole('form', { name: 'Bind' })
    await form.getByRole('combobox', { name: 'To a' }).click()
    await page.getByRole('option', { name: 'Exchange' }).click()
    await form.getByLabel('Name').fill('lower')
    await form.getByLabel('Routing key').fill('down')
    await form.getByRole('button', { name: 'Bind' }).click()
    await page
      .getByRole('region', { name: 'From this exchange', exact: true })
      .getByRole('row', { name: /upper lower down/ })
      .waitFor()
    channel.publish('upper', 'down', Buffer.from('x'))
    await channel.waitForConfirms()
    expect(await channel.checkQueue('last')).toMatchObject({ messageCount: 1 })

    await page.getByRole('link', { name: 'lower' }).click()
    await page.getByRole('heading', { level: 1, name: 'lower' }).waitFor()
    await page.getByRole('tab', { name: 'Bindings' }).click()
    const towards = page.getByRole('region', { name: 'To this exchange', exact: true })
    await towards.getByRole('button', { name: 'Unbind lower from upper' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Unbind' }).click()
    await towards.getByText('None yet').waitFor()
    expect(await ui.api('GET', '/bindings/%2F/e/upper/e/lower')).toEqual([])
  })

  it('is deleted after it has said what that means', async () => {
    await channel.assertExchange('over', 'fanout')
    const page = await ui.page(pageOf('over'))
    await page.getByRole('button', { name: 'Delete' }).click()
    const dialog = page.getByRole('dialog', { name: 'Delete exchange over?' })
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await eventually(() => expect(new URL(page.url()).pathname).toBe('/exchanges'))
    await expect(ui.api('GET', '/exchanges/%2F/over')).rejects.toThrow('404')
  })

  it('is not shown to somebody without a permission in its virtual host', async () => {
    await ui.addUser('stranger', ['management'])
    await channel.assertExchange('secret', 'headers')
    const page = await ui.page(pageOf('secret'), { user: 'stranger' })
    await page.getByRole('alert').first().waitFor()
    expect(await page.getByRole('main').textContent()).not.toMatch(/headers|Durable/)
  })

  it("shows the server's words to somebody without the permission to write", async () => {
    await ui.addUser('reader', ['management'])
    await ui.api('PUT', '/permissions/%2F/reader', { configure: '', write: '', read: '.*' })
    const page = await ui.page(pageOf('amq.fanout', 'publish'), { user: 'reader' })
    await page.getByRole('button', { name: 'Publish', exact: true }).click()
    await page
      .getByText("write access to exchange 'amq.fanout' in vhost '/' refused for user 'reader'")
      .waitFor()
  })

  describe('for axe', () => {
    it.each(tabs)('is clean at %s', async tab => {
      await channel.assertExchange('axe', 'fanout', { alternateExchange: 'amq.topic' })
      await channel.assertQueue('axe')
      await channel.bindQueue('axe', 'axe', 'key')
      const page = await ui.page(pageOf('axe', tab))
      await page.getByRole('tabpanel').getByText(/\w/).first().waitFor()
      expect(await axeProblems(page)).toEqual([])
    })
  })
})
