/** The messages of a queue in a browser: looked at without a trace, found, moved, copied, and sent back where they died. */
import amqp, { type ChannelModel, type ConfirmChannel } from 'amqplib'
import type { Page } from 'playwright-core'
import { axeProblems, describeInBrowser } from './browser'

function messagesOf(queue: string, more = ''): string {
  return `/queues/%2F/${encodeURIComponent(queue)}?tab=messages${more}`
}

describeInBrowser('the messages of a queue', ui => {
  let connection: ChannelModel
  let channel: ConfirmChannel

  beforeAll(async () => {
    connection = await amqp.connect(ui.broker.url)
    channel = await connection.createConfirmChannel()
  })

  afterAll(() => connection.close())

  async function fill(queue: string, bodies: readonly (string | Buffer)[]): Promise<void> {
    await channel.assertQueue(queue)
    for (const body of bodies) channel.sendToQueue(queue, Buffer.from(body))
    await channel.waitForConfirms()
  }

  async function bodiesIn(queue: string): Promise<string[]> {
    const bodies: string[] = []
    for (;;) {
      const message = await channel.get(queue, { noAck: true })
      if (message === false) return bodies
      bodies.push(String(message.content))
    }
  }

  it('are shown, and are none the wiser: what is got afterwards is not redelivered', async () => {
    await fill('seen', ['first', '{"second":[1,{"deep":true}]}', Buffer.from([0, 159, 146, 150])])
    const page = await ui.page(messagesOf('seen'))
    await page.getByRole('row', { name: /first/ }).waitFor()
    await page.getByRole('button', { name: 'Open message 1' }).click()
    const drawer = page.getByRole('dialog')
    expect(await drawer.locator('pre').textContent()).toBe(
      JSON.stringify({ second: [1, { deep: true }] }, undefined, 2),
    )
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Open message 2' }).click()
    expect(await drawer.locator('pre').textContent()).toMatch(/^00000000 {2}00 9f 92 96 +\.{4}$/)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Look again' }).click()
    await page.getByText('Numbers 1–3 of 3 messages').waitFor()

    const messages = [await channel.get('seen'), await channel.get('seen'), await channel.get('seen')]
    expect(messages.map(message => message !== false && message.fields.redelivered)).toEqual([
      false,
      false,
      false,
    ])
    channel.nackAll(false)
  })

  it('are turned page by page, by what the server says comes next', async () => {
    await fill(
      'many',
      Array.from({ length: 120 }, (_, number) => `body ${number}`),
    )
    const page = await ui.page(messagesOf('many'))
    await page.getByText('Numbers 1–50 of 120 messages').waitFor()
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText('Numbers 51–100 of 120 messages').waitFor()
    await page.getByRole('row', { name: /body 99/ }).waitFor()
    await page.reload()
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText('Numbers 101–120 of 120 messages').waitFor()
    expect(await page.getByRole('button', { name: 'Next' }).isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'First' }).click()
    await page.getByRole('row', { name: /body 0$/ }).waitFor()
  })

  it('that are long are shown in part, and more of them when that is wanted', async () => {
    // the cut of the first look falls inside a character
    await fill('long', ['small', `{"x":"${'€'.repeat(100_000)}"}`])
    const page = await ui.page(messagesOf('long'))
    await page.getByRole('button', { name: 'Open message 1' }).click()
    const drawer = page.getByRole('dialog')
    await drawer.getByText('293 KiB, text, only its beginning').waitFor()
    expect((await drawer.locator('pre').textContent())?.length).toBeLessThan(5000)
    await drawer.getByRole('button', { name: 'Show more of it' }).click()
    await drawer.getByText('293 KiB, JSON').waitFor()
    expect(await drawer.locator('pre').textContent()).toBe(`{\n  "x": "${'€'.repeat(100_000)}"\n}`)
  })

  it('are found by routing key, header and payload', async () => {
    await channel.assertQueue('sought')
    await channel.bindQueue('sought', 'amq.topic', '#')
    channel.publish('amq.topic', 'a.needle.b', Buffer.from('by key'))
    channel.publish('amq.topic', 'other', Buffer.from('by header'), { headers: { h: 'a NEEDLE' } })
    channel.publish('amq.topic', 'other', Buffer.from('by body: needle'))
    channel.publish('amq.topic', 'other', Buffer.from('hay'))
    await channel.waitForConfirms()
    const page = await ui.page(messagesOf('sought'))
    await page.getByLabel('Search messages').fill('needle')
    await page.getByText('3 found in numbers 1–4 of 4 messages').waitFor()
    expect(await page.getByRole('row', { name: /hay/ }).count()).toBe(0)
    await page.getByLabel('Search messages').fill('no such thing')
    await page.getByText('Nothing found').waitFor()
  })

  it('are sought to the end of a long queue without being asked for each part of it', async () => {
    await channel.assertQueue('haystack', { durable: false })
    for (let number = 0; number < 25_000; number++)
      channel.sendToQueue('haystack', Buffer.from(number === 24_321 ? 'needle' : 'hay'))
    await channel.waitForConfirms()
    const page = await ui.page(messagesOf('haystack'))
    await page.getByLabel('Search messages').fill('needle')
    await page.getByText('1 found in numbers 20,001–25,000 of 25,000 messages').waitFor()
    await page.getByRole('row', { name: /24321.*needle/ }).waitFor()
  })

  it('that are out tell with which consumer, on which channel, and for how long', async () => {
    const own = await connection.createChannel()
    await own.prefetch(1)
    await fill('out', ['taken', 'waits'])
    await own.consume('out', () => {}, { consumerTag: 'slow one' })
    const page = await ui.page(messagesOf('out', '&state=all'))
    await page.getByRole('row', { name: /unacked slow one .* -> .* \(\d+\) \d+ m?s .*taken/ }).waitFor()
    await page.getByRole('row', { name: /ready .*waits/ }).waitFor()
    await page.getByText('Unacked', { exact: true }).click()
    await page.getByRole('row', { name: /waits/ }).waitFor({ state: 'detached' })
    await page.getByRole('link', { name: /->/ }).click()
    await page.getByRole('heading', { level: 1, name: /\(\d+\)/ }).waitFor()
    await own.close()
  })

  it('that are selected are moved to another queue, and only those', async () => {
    await fill('from', ['a', 'b', 'c', 'd'])
    await channel.assertQueue('to')
    const page = await ui.page(messagesOf('from'))
    await page.getByLabel('Select message 1').check()
    await page.getByLabel('Select message 3').check()
    await move(page, 'Move or copy 2…', 'to')
    await page.getByText('2 messages moved to to').waitFor()
    await page.getByText('Numbers 1–2 of 2 messages').waitFor()
    expect(await bodiesIn('from')).toEqual(['a', 'c'])
    expect(await bodiesIn('to')).toEqual(['b', 'd'])
  })

  it('are copied through an exchange, with another routing key', async () => {
    await fill('model', ['one', 'two', 'three'])
    await channel.assertQueue('copies')
    await channel.bindQueue('copies', 'amq.direct', 'copied')
    const page = await ui.page(messagesOf('model'))
    await page.getByRole('button', { name: 'Move or copy…' }).click()
    const form = page.getByRole('dialog').getByRole('form')
    await form.getByLabel('How many').fill('2')
    await form.getByRole('combobox', { name: 'What to do' }).click()
    await page.getByRole('option', { name: /^Copy/ }).click()
    await form.getByRole('combobox', { name: 'To a' }).click()
    await page.getByRole('option', { name: 'Exchange' }).click()
    await form.getByLabel('Name').fill('amq.direct')
    await form.getByLabel('Routing key').fill('copied')
    await form.getByRole('button', { name: 'Copy', exact: true }).click()
    await page.getByText('2 messages copied to amq.direct').waitFor()
    expect(await bodiesIn('copies')).toEqual(['one', 'two'])
    expect(await bodiesIn('model')).toEqual(['one', 'two', 'three'])
  })

  it("stay where they are when the move is refused, with the server's words", async () => {
    await fill('staying', ['kept'])
    const page = await ui.page(messagesOf('staying'))
    await move(page, 'Move or copy…', 'no such queue')
    expect(await page.getByRole('dialog').getByRole('alert').textContent()).toContain(
      "no queue 'no such queue' in vhost '/'",
    )
    expect(await bodiesIn('staying')).toEqual(['kept'])
  })

  it('that died are sent back to where they died; the page tells how many, and why others stay', async () => {
    await channel.assertExchange('dead-letters', 'fanout')
    await channel.assertQueue('graveyard')
    await channel.bindQueue('graveyard', 'dead-letters', '')
    await channel.assertQueue('alive', { deadLetterExchange: 'dead-letters' })
    await fill('graveyard', ['never died'])
    channel.sendToQueue('alive', Buffer.from('died'))
    await channel.waitForConfirms()
    const message = await channel.get('alive')
    if (message !== false) channel.reject(message, false)
    const page = await ui.page(messagesOf('graveyard'))
    await page.getByRole('row', { name: /never died/ }).waitFor()
    await page.getByRole('button', { name: 'Redrive…' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Redrive' }).click()
    await page.getByText('1 message redriven; 1 left here: 1 never dead-lettered').waitFor()
    await page.getByText('Numbers 1–1 of 1 message').waitFor()
    const back = await channel.get('alive', { noAck: true })
    expect(back && String(back.content)).toBe('died')
    expect(await bodiesIn('graveyard')).toEqual(['never died'])
  })

  it('are clean for axe: the list, one in full, and the dialogs', async () => {
    await fill('axe', ['{"some":"thing"}'])
    const page = await ui.page(messagesOf('axe'))
    await page.getByRole('button', { name: 'Open message 0' }).click()
    await page.getByRole('dialog').locator('pre').waitFor()
    expect(await axeProblems(page)).toEqual([])
    for (const verb of ['Move or copy', 'Redrive']) {
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await page.getByRole('button', { name: verb }).click()
      await page.getByRole('dialog').getByRole('form').waitFor()
      expect(await axeProblems(page)).toEqual([])
    }
  })
})

async function move(page: Page, button: string, queue: string): Promise<void> {
  await page.getByRole('button', { name: button }).click()
  const form = page.getByRole('dialog').getByRole('form')
  await form.getByLabel('Name').fill(queue)
  await form.getByLabel('Name').press('Tab')
  await form.getByRole('button', { name: 'Move', exact: true }).click()
}
