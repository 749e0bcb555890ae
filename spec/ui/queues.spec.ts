/** The lists of queues and exchanges in a browser: making, finding, purging and deleting. */
import amqp, { type Channel, type ChannelModel } from 'amqplib'
import { eventually } from '../support/eventually'
import { describeInBrowser } from './browser'

describeInBrowser('the list of queues', ui => {
  let connection: ChannelModel
  let channel: Channel

  beforeAll(async () => {
    connection = await amqp.connect(ui.broker.url)
    channel = await connection.createChannel()
    for (let number = 0; number < 60; number++)
      await channel.assertQueue(`list-${String(number).padStart(2, '0')}`)
  })

  afterAll(() => connection.close())

  it('makes a queue that a client finds, with the arguments of the form', async () => {
    const page = await ui.page('/queues')
    await page.getByRole('button', { name: 'Create queue' }).click()
    const form = page.getByRole('form', { name: 'Create queue' })
    await form.getByRole('textbox', { name: 'Name', exact: true }).fill('made here')
    await form.getByRole('button', { name: /Limits, expiry/ }).click()
    await form.getByLabel('Max length', { exact: true }).fill('7')
    await form.getByLabel('Dead letter exchange').fill('amq.fanout')
    await form.getByRole('button', { name: 'Create queue' }).click()
    await page.getByText('Queue made here created').waitFor()
    await expect(channel.checkQueue('made here')).resolves.toMatchObject({ messageCount: 0 })
    expect(await ui.api('GET', '/queues/%2F/made%20here')).toMatchObject({
      durable: true,
      arguments: { 'x-max-length': 7, 'x-dead-letter-exchange': 'amq.fanout' },
    })
  })

  it("shows the server's words when it refuses, and keeps the form", async () => {
    await channel.assertQueue('taken', { durable: false })
    const page = await ui.page('/queues')
    await page.getByRole('button', { name: 'Create queue' }).click()
    const form = page.getByRole('form', { name: 'Create queue' })
    await form.getByRole('textbox', { name: 'Name', exact: true }).fill('taken')
    await form.getByRole('button', { name: 'Create queue' }).click()
    expect(await form.getByRole('alert').textContent()).toContain(
      "inequivalent arg 'durable' for queue 'taken' in vhost '/': received 'true' but current is 'false'",
    )
    expect(await form.getByRole('textbox', { name: 'Name', exact: true }).inputValue()).toBe('taken')
  })

  it('turns pages and filters at the server, and keeps both in the address', async () => {
    const page = await ui.page('/queues?name=list-&page_size=25')
    await page.getByText('1–25 of 60 queues').waitFor()
    await page.getByRole('button', { name: 'Page 2' }).click()
    await page.getByText('26–50 of 60 queues').waitFor()
    await page.reload()
    await page.getByText('26–50 of 60 queues').waitFor()
    await page.getByLabel('Filter queues by name').fill('^list-0[12]$')
    await page.getByRole('button', { name: 'Regular expression' }).click()
    await page.getByText('1–2 of 2 queues').waitFor()
    expect(new URL(page.url()).searchParams.get('use_regex')).toBe('true')
  })

  it('sorts by what is clicked', async () => {
    await channel.sendToQueue('list-30', Buffer.from('one'))
    const page = await ui.page('/queues?name=list-')
    await page.getByRole('button', { name: 'Ready' }).click()
    await eventually(async () => {
      expect(await page.getByRole('row').nth(1).textContent()).toContain('list-30')
    })
    expect(await page.getByRole('columnheader', { name: 'Ready' }).getAttribute('aria-sort')).toBe(
      'descending',
    )
    await channel.purgeQueue('list-30')
  })

  it('shows messages that arrive, without being asked', async () => {
    const page = await ui.page('/queues?name=list-31')
    await page.getByRole('link', { name: 'list-31' }).waitFor()
    await channel.sendToQueue('list-31', Buffer.from('one'))
    await channel.sendToQueue('list-31', Buffer.from('two'))
    await page.getByRole('row', { name: /list-31.* 2 0 2 / }).waitFor()
  })

  it('purges and deletes those selected, after it has named them', async () => {
    for (const queue of ['list-40', 'list-41']) await channel.sendToQueue(queue, Buffer.from('lost'))
    await eventually(async () =>
      expect(await channel.checkQueue('list-41')).toMatchObject({ messageCount: 1 }),
    )
    const page = await ui.page('/queues?name=list-4')
    await page.getByLabel('Select list-40').check()
    await page.getByLabel('Select list-41').check()
    await page.getByRole('button', { name: 'Purge' }).click()
    const dialog = page.getByRole('dialog')
    expect(await dialog.textContent()).toContain('list-40, list-41')
    await dialog.getByRole('button', { name: 'Purge' }).click()
    await eventually(async () =>
      expect(await channel.checkQueue('list-41')).toMatchObject({ messageCount: 0 }),
    )
    await page.getByLabel('Select list-41').check()
    await page.getByRole('button', { name: 'Delete' }).click()
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await page.getByText('Queue list-41 deleted').waitFor()
    await expect(ui.api('GET', '/queues/%2F/list-41')).rejects.toThrow('404')
  })

  it('shows the columns that were chosen, also the next time', async () => {
    const page = await ui.page('/queues?name=list-0')
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByLabel('Message bytes').check()
    await page.reload()
    await page.getByRole('columnheader', { name: 'Bytes' }).waitFor()
  })
})

describeInBrowser('the list of exchanges', ui => {
  it('makes an exchange that a client can publish to, and deletes it', async () => {
    const page = await ui.page('/exchanges')
    await page.getByRole('button', { name: 'Create exchange' }).click()
    const form = page.getByRole('form', { name: 'Create exchange' })
    await form.getByRole('textbox', { name: 'Name', exact: true }).fill('news')
    await form.getByRole('combobox', { name: 'Type', exact: true }).click()
    await page.getByRole('option', { name: 'fanout' }).click()
    await form.getByRole('button', { name: 'Create exchange' }).click()
    await page.getByRole('link', { name: 'news' }).waitFor()
    const connection = await amqp.connect(ui.broker.url)
    const channel = await connection.createChannel()
    await channel.assertExchange('news', 'fanout', { durable: true })
    await connection.close()

    await page.getByLabel('Select news').check()
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('Exchange news deleted').waitFor()
    await expect(ui.api('GET', '/exchanges/%2F/news')).rejects.toThrow('404')
  })
})
