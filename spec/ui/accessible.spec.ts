/** Every page of the web UI in both colour schemes, as axe sees it: landmarks, names, contrast, tables, focus. */
import amqp, { type ChannelModel } from 'amqplib'
import { axeProblems, describeInBrowser } from './browser'

const pages = [
  '/',
  '/connections',
  '/channels',
  '/consumers',
  '/exchanges',
  '/queues',
  '/users',
  '/users/guest',
  '/vhosts',
  '/vhosts/%2F',
  '/policies',
  '/policies?kind=operator',
  '/limits',
  '/nowhere',
]

const dialogs = [
  ['/queues', 'Create queue'],
  ['/exchanges', 'Create exchange'],
  ['/users', 'Create user'],
  ['/vhosts', 'Create virtual host'],
  ['/policies', 'Create policy'],
  ['/users/guest', 'Set permissions'],
] as const

describeInBrowser('for axe', ui => {
  let connection: ChannelModel

  beforeAll(async () => {
    connection = await amqp.connect(ui.broker.url, { clientProperties: { connection_name: 'axe' } })
    const channel = await connection.createChannel()
    await channel.assertQueue('some', { messageTtl: 1000 })
    await channel.consume('some', () => {})
    await ui.api('PUT', '/policies/%2F/any', {
      pattern: '^s',
      definition: { expires: 60_000 },
      'apply-to': 'queues',
    })
    await ui.api('PUT', '/vhost-limits/%2F/max-queues', { value: 100 })
  })

  afterAll(() => connection.close())

  it.each(pages)('the page %s is clean', async path => {
    expect(await axeProblems(await ui.page(path))).toEqual([])
  })

  it.each(dialogs)('the form on %s is clean: %s', async (path, name) => {
    const page = await ui.page(path)
    await page.getByRole('button', { name, exact: true }).click()
    await page.getByRole('dialog').getByRole('textbox').first().waitFor()
    expect(await axeProblems(page)).toEqual([])
  })

  it('what asks before it destroys is clean', async () => {
    const page = await ui.page('/queues')
    await page.getByLabel('Select some').check()
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).waitFor()
    expect(await axeProblems(page)).toEqual([])
  })

  it('the login is clean', async () => {
    const page = await ui.stranger('/')
    await page.getByRole('form', { name: 'Log in' }).waitFor()
    expect(await axeProblems(page)).toEqual([])
  })
})
