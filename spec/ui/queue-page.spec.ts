/** The page of one queue in a browser: publishing, getting, binding, purging, consumers, odd names, and who may what. */
import amqp, { type ChannelModel, type ConfirmChannel } from 'amqplib'
import { eventually } from '../support/eventually'
import { axeProblems, describeInBrowser } from './browser'

const tabs = ['overview', 'messages', 'consumers', 'bindings', 'publish', 'get']

/** Each is a name that something on the way might take for something else. */
const oddNames = ['a/b c', '100%25', 'ünïcødé ☃', '<script>alert(1)</script>', 'q?x=1#y', 'long.'.repeat(51)]

function pageOf(queue: string, tab = 'overview', vhost = '/'): string {
  return `/queues/${encodeURIComponent(vhost)}/${encodeURIComponent(queue)}?tab=${tab}`
}

describeInBrowser('the page of a queue', ui => {
  let connection: ChannelModel
  let channel: ConfirmChannel

  beforeAll(async () => {
    connection = await amqp.connect(ui.broker.url)
    channel = await connection.createConfirmChannel()
  })

  afterAll(() => connection.close())

  it('publishes a message that a client receives, with its headers and properties', async () => {
    await channel.assertQueue('written')
    const page = await ui.page(pageOf('written', 'publish'))
    const form = page.getByRole('form', { name: 'Publish a message' })
    await form.getByLabel('Payload', { exact: true }).fill('{"from":"the browser ☃"}')
    const headers = form.getByRole('group', { name: 'Headers' })
    await headers.getByRole('button', { name: 'Add' }).click()
    await headers.getByLabel('Argument name').fill('priority-of')
    await headers.getByRole('combobox', { name: 'Argument type' }).click()
    await page.getByRole('option', { name: 'Number' }).click()
    await headers.getByLabel('Argument value').fill('7')
    const properties = form.getByRole('group', { name: 'Properties' })
    await properties.getByRole('button', { name: 'Add' }).click()
    await properties.getByLabel('Argument name').fill('message_id')
    await properties.getByLabel('Argument value').fill('m-1')
    await form.getByRole('button', { name: 'Publish' }).click()
    await page.getByText('and routed to at least one queue').waitFor()

    const message = await channel.get('written', { noAck: true })
    expect(message).toMatchObject({
      content: Buffer.from('{"from":"the browser ☃"}'),
      fields: { exchange: '', routingKey: 'written', redelivered: false },
      properties: { headers: { 'priority-of': 7 }, messageId: 'm-1', deliveryMode: 2 },
    })
  })

  it('publishes bytes given as base64, and says when no queue takes a message', async () => {
    await channel.assertQueue('bytes')
    const page = await ui.page(pageOf('bytes', 'publish'))
    const form = page.getByRole('form', { name: 'Publish a message' })
    await form.getByRole('combobox', { name: 'Payload is' }).click()
    await page.getByRole('option', { name: 'Base64' }).click()
    await form.getByLabel('Payload', { exact: true }).fill('AAH/')
    await form.getByRole('button', { name: 'Publish' }).click()
    await page.getByText('and routed to at least one queue').waitFor()
    const message = await channel.get('bytes', { noAck: true })
    expect(message && [...message.content]).toEqual([0, 1, 255])

    await form.getByLabel('Routing key').fill('no such queue')
    await form.getByRole('button', { name: 'Publish' }).click()
    await page.getByText('but no queue took it').waitFor()

    await form.getByLabel('Payload', { exact: true }).fill('§')
    await form.getByRole('button', { name: 'Publish' }).click()
    await page.getByText('Not published').waitFor()
    await page.getByText('not_base64').waitFor()
  })

  it.each([
    ['Put back (marked as redelivered)', true, 1],
    ['Acknowledge: they are gone', false, 0],
    ['Reject, and put back', true, 1],
    ['Reject: dropped, or dead-lettered', false, 0],
  ])('gets a message, and then: %s', async (mode, isMarked, left) => {
    await channel.assertQueue('got')
    await channel.purgeQueue('got')
    channel.sendToQueue('got', Buffer.from('one of them'))
    await channel.waitForConfirms()
    const page = await ui.page(pageOf('got', 'get'))
    await page.getByRole('combobox', { name: 'And then' }).click()
    await page.getByRole('option', { name: mode, exact: true }).click()
    await page.getByRole('button', { name: 'Get', exact: true }).click()
    await page.getByText('1 message got').waitFor()
    await page.getByText('one of them').waitFor()
    expect((await channel.checkQueue('got')).messageCount).toBe(left)
    const message = await channel.get('got', { noAck: true })
    expect(message !== false && message.fields.redelivered).toBe(isMarked)
    await page.getByRole('button', { name: 'Get', exact: true }).click()
    await page.getByText('Nothing waits in the queue').waitFor()
  })

  it('binds to an exchange, with arguments, and unbinds again', async () => {
    await channel.assertQueue('bound')
    const page = await ui.page(pageOf('bound', 'bindings'))
    const form = page.getByRole('form', { name: 'Bind' })
    await form.getByLabel('From exchange').fill('amq.headers')
    await page.getByRole('option', { name: 'amq.headers' }).click()
    await form.getByLabel('Routing key').fill('a key')
    await form.getByRole('button', { name: 'Add' }).click()
    await form.getByLabel('Argument name').fill('colour')
    await form.getByLabel('Argument value').fill('blue')
    await form.getByRole('button', { name: 'Bind' }).click()
    await page.getByRole('row', { name: /amq\.headers.*a key.*\{"colour":"blue"\}/ }).waitFor()
    channel.publish('amq.headers', '', Buffer.from('came'), { headers: { colour: 'blue' } })
    await channel.waitForConfirms()
    expect((await channel.checkQueue('bound')).messageCount).toBe(1)

    await page.getByRole('button', { name: 'Unbind bound from amq.headers' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Unbind' }).click()
    await page.getByRole('row', { name: /amq\.headers/ }).waitFor({ state: 'detached' })
    channel.publish('amq.headers', '', Buffer.from('lost'), { headers: { colour: 'blue' } })
    await channel.waitForConfirms()
    expect((await channel.checkQueue('bound')).messageCount).toBe(1)
  })

  it("shows the server's words when it will not bind", async () => {
    await channel.assertQueue('unbound')
    const page = await ui.page(pageOf('unbound', 'bindings'))
    const form = page.getByRole('form', { name: 'Bind' })
    await form.getByLabel('From exchange').fill('nowhere')
    await form.getByRole('button', { name: 'Bind' }).click()
    await form.getByText('nowhere').waitFor()
    expect(await form.getByRole('status').textContent()).toMatch(/no exchange 'nowhere'|not found/i)
  })

  it('purges after it has said how many messages go', async () => {
    await channel.assertQueue('full')
    for (let number = 0; number < 3; number++) channel.sendToQueue('full', Buffer.from('x'))
    await channel.waitForConfirms()
    const page = await ui.page(pageOf('full', 'messages'))
    await page.getByText('Numbers 1–3 of 3 messages').waitFor()
    await page.getByRole('button', { name: 'Actions' }).click()
    await page.getByRole('menuitem', { name: 'Purge' }).click()
    const dialog = page.getByRole('dialog', { name: 'Purge queue full?' })
    expect(await dialog.textContent()).toContain('3 messages waiting in it will be dropped')
    await dialog.getByRole('button', { name: 'Purge' }).click()
    await page.getByText('Queue full purged').waitFor()
    await page.getByText('No messages').waitFor()
    expect((await channel.checkQueue('full')).messageCount).toBe(0)
  })

  it('deletes, and goes back to the list', async () => {
    await channel.assertQueue('over')
    const page = await ui.page(pageOf('over'))
    await page.getByRole('button', { name: 'Actions' }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await eventually(() => expect(new URL(page.url()).pathname).toBe('/queues'))
    await expect(ui.api('GET', '/queues/%2F/over')).rejects.toThrow('404')
  })

  it('cancels a consumer, which is told so', async () => {
    const own = await connection.createChannel()
    await own.assertQueue('consumed')
    const cancelled = new Promise(resolve => {
      void own.consume('consumed', message => message === null && resolve('told'), { consumerTag: 'tag-1' })
    })
    const page = await ui.page(pageOf('consumed', 'consumers'))
    await page.getByRole('button', { name: 'Cancel consumer tag-1' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel consumer' }).click()
    expect(await cancelled).toBe('told')
    await page.getByText('No consumers').waitFor()
    await own.close()
  })

  it.each(oddNames)('shows a queue of the name %j, and what is in it', async name => {
    await channel.assertQueue(name)
    channel.sendToQueue(name, Buffer.from('<img src=x onerror=alert(1)>'), { headers: { '<b>': '<i>' } })
    await channel.waitForConfirms()
    const page = await ui.page(pageOf(name, 'messages'))
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(name)
    await page.getByText('<img src=x onerror=alert(1)>').waitFor()
    expect(await page.locator('main img, main script, main b, main i').count()).toBe(0)
    await page.goto(`${ui.url}/queues?name=${encodeURIComponent(name)}`)
    await page.getByRole('link', { name, exact: true }).click()
    expect(await page.getByRole('heading', { level: 1, name, exact: true }).textContent()).toBe(name)
  })

  describe('for axe', () => {
    beforeAll(async () => {
      await channel.assertQueue('axe', { maxLength: 10 })
      channel.sendToQueue('axe', Buffer.from('{"some":"thing"}'), { headers: { a: 1 } })
      await channel.consume('axe', () => {})
    })

    it.each(tabs)('is clean at %s', async tab => {
      const page = await ui.page(pageOf('axe', tab))
      await page.getByRole('tabpanel').getByText(/\w/).first().waitFor()
      expect(await axeProblems(page)).toEqual([])
    })
  })
})

describeInBrowser('who may not, on the page of a queue,', ui => {
  beforeAll(async () => {
    await ui.addUser('stranger', ['management'], [])
    await ui.addUser('reader', ['management'], [])
    await ui.api('PUT', '/permissions/%2F/reader', { configure: '', write: '', read: '.*' })
    await ui.api('PUT', '/queues/%2F/closed', {})
    await ui.api('POST', '/exchanges/%2F/amq.default/publish', {
      routing_key: 'closed',
      payload: 'nobody else may read this',
      payload_encoding: 'string',
      properties: {},
    })
  })

  it.each(tabs.filter(tab => tab !== 'publish' && tab !== 'get'))(
    'sees nothing of it at %s without a permission in its virtual host',
    async tab => {
      const page = await ui.page(pageOf('closed', tab), { user: 'stranger' })
      await page.getByRole('alert').first().waitFor()
      const text = (await page.getByRole('main').textContent()) ?? ''
      expect(text).not.toMatch(/nobody else|classic|guest/)
      expect(await page.getByRole('row').count()).toBe(0)
    },
  )

  it("reads the server's words on publishing without the permission to write", async () => {
    const page = await ui.page(pageOf('closed', 'publish'), { user: 'reader' })
    await page.getByLabel('Payload', { exact: true }).fill('x')
    await page.getByRole('button', { name: 'Publish', exact: true }).click()
    await page
      .getByText("write access to exchange 'amq.default' in vhost '/' refused for user 'reader'")
      .waitFor()
    expect(await ui.api('GET', '/queues/%2F/closed')).toMatchObject({ messages: 1 })
  })

  it("reads the server's words on purging without the permission to read", async () => {
    await ui.addUser('writer', ['management'], [])
    await ui.api('PUT', '/permissions/%2F/writer', { configure: '', write: '.*', read: '' })
    const page = await ui.page(pageOf('closed', 'messages'), { user: 'writer' })
    await page.getByText("read access to queue 'closed' in vhost '/' refused for user 'writer'").waitFor()
    await page.getByRole('button', { name: 'Actions' }).click()
    await page.getByRole('menuitem', { name: 'Purge' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Purge' }).click()
    await page.getByText('Refused', { exact: true }).waitFor()
    expect(await ui.api('GET', '/queues/%2F/closed')).toMatchObject({ messages: 1 })
    expect(await page.content()).not.toContain('nobody else')
  })
})
