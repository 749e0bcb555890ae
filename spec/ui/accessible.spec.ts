/** Every page of the web UI in both colour schemes, as axe sees it: landmarks, names, contrast, tables, focus. */
import amqp, { type ChannelModel } from 'amqplib'
import { axeProblems, type ColorScheme, describeInBrowser } from './browser'

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

const schemes: readonly ColorScheme[] = ['light', 'dark']

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

  it.each(schemes)('all pages are clean in %s', async scheme => {
    const page = await ui.page('/', { scheme })
    const problems: Record<string, string[]> = {}
    for (const path of pages) {
      await page.goto(`${ui.url}${path}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      problems[path] = await axeProblems(page)
    }
    expect(problems).toEqual(Object.fromEntries(pages.map(path => [path, []])))
  })

  it.each(schemes)('all forms are clean in %s', async scheme => {
    const page = await ui.page('/', { scheme })
    for (const [path, name] of dialogs) {
      await page.goto(`${ui.url}${path}`)
      await page.getByRole('button', { name, exact: true }).click()
      await page.getByRole('dialog').getByRole('textbox').first().waitFor()
      expect({ form: name, problems: await axeProblems(page) }).toEqual({ form: name, problems: [] })
    }
  })

  it.each(schemes)('what asks before it destroys is clean in %s', async scheme => {
    const page = await ui.page('/queues', { scheme })
    await page.getByLabel('Select some').check()
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).waitFor()
    expect(await axeProblems(page)).toEqual([])
  })

  it.each(schemes)('the login is clean in %s', async scheme => {
    const page = await ui.stranger('/', scheme)
    await page.getByRole('form', { name: 'Log in' }).waitFor()
    expect(await axeProblems(page)).toEqual([])
  })
})
