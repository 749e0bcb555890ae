/** Connections, channels and consumers in a browser: seen, closed, cancelled. */
import amqp from 'amqplib'
import { eventually } from '../support/eventually'
import { describeInBrowser } from './browser'

describeInBrowser('the pages of connections', ui => {
  it('show a client with what it says of itself, and close it with the reason given', async () => {
    const connection = await amqp.connect(ui.broker.url, {
      clientProperties: { connection_name: 'billing', version: '1.2.3' },
    })
    const failure = new Promise<Error>(resolve => connection.once('close', resolve))
    await connection.createChannel()
    const page = await ui.page('/connections')
    await page
      .getByRole('row', { name: /billing/ })
      .getByRole('link')
      .first()
      .click()
    await page.getByRole('heading', { level: 1, name: 'billing' }).waitFor()
    await page.getByRole('region', { name: 'Client properties' }).getByText('1.2.3').waitFor()
    await page
      .getByRole('region', { name: 'Channels', exact: true })
      .getByRole('link', { name: /\(1\)$/ })
      .waitFor()

    await page.getByRole('button', { name: 'Close connection' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason').fill('moving house')
    await dialog.getByRole('button', { name: 'Close connection' }).click()
    expect((await failure).message).toContain('moving house')
    await page.getByRole('heading', { level: 1, name: 'Connections' }).waitFor()
  })

  it('close those selected', async () => {
    const connection = await amqp.connect(ui.broker.url, { clientProperties: { connection_name: 'doomed' } })
    const failure = new Promise<Error>(resolve => connection.once('close', resolve))
    const page = await ui.page('/connections')
    await page
      .getByRole('row', { name: /doomed/ })
      .getByRole('checkbox')
      .check()
    await page.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last().click()
    expect((await failure).message).toContain('CONNECTION_FORCED')
  })
})

describeInBrowser('the pages of channels and consumers', ui => {
  it('show a channel with its prefetch and consumers', async () => {
    const connection = await amqp.connect(ui.broker.url)
    const channel = await connection.createConfirmChannel()
    await channel.prefetch(17)
    await channel.assertQueue('watched')
    await channel.consume('watched', () => {}, { consumerTag: 'watcher' })
    const page = await ui.page('/channels')
    const row = page.getByRole('row', { name: /confirm/ })
    await row.getByRole('cell', { name: '17', exact: true }).waitFor()
    await row.getByRole('link').first().click()
    await page.getByRole('region', { name: 'Consumers', exact: true }).getByText('watcher').waitFor()
    await connection.close()
  })

  it('cancel one consumer, whose client is told', async () => {
    const connection = await amqp.connect(ui.broker.url)
    const channel = await connection.createChannel()
    await channel.assertQueue('left')
    const told = new Promise<unknown>(resolve => {
      void channel.consume('left', resolve, { consumerTag: 'leaver' })
    })
    const page = await ui.page('/consumers')
    await page.getByRole('button', { name: 'Cancel consumer leaver' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel consumer' }).click()
    expect(await told).toBeNull() // how amqplib tells of basic.cancel
    await page.getByText('Consumer leaver cancelled').waitFor()
    await eventually(async () => expect(await channel.checkQueue('left')).toMatchObject({ consumerCount: 0 }))
    await connection.close()
  })
})
