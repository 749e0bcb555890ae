/** The topology in a browser: what is drawn, what moves, what is around one of them, the table, and a great many of them. */
import amqp, { type ChannelModel, type ConfirmChannel } from 'amqplib'
import { eventually } from '../support/eventually'
import { axeProblems, describeInBrowser } from './browser'

const nodes = '.react-flow__node'

describeInBrowser('the topology', ui => {
  let connection: ChannelModel
  let channel: ConfirmChannel

  beforeAll(async () => {
    connection = await amqp.connect(ui.broker.url)
    channel = await connection.createConfirmChannel()
    await channel.assertExchange('rest', 'fanout')
    await channel.assertExchange('in', 'topic', { alternateExchange: 'rest' })
    await channel.assertExchange('dead', 'fanout')
    await channel.assertQueue('work', { deadLetterExchange: 'dead' })
    await channel.assertQueue('graves')
    await channel.assertQueue('apart <b>')
    await channel.bindQueue('work', 'in', 'key.#')
    await channel.bindQueue('graves', 'dead', '')
  })

  afterAll(() => connection.close())

  it('draws exchanges, queues, bindings, dead letters and alternates; names lead to their pages', async () => {
    const page = await ui.page('/topology?vhost=%2F')
    const names = page.locator(`${nodes} .node-name`)
    await eventually(async () =>
      expect((await names.allTextContents()).sort()).toEqual([
        'apart <b>',
        'dead',
        'graves',
        'in',
        'rest',
        'work',
      ]),
    )
    const labels = page.locator('.react-flow__edge-text')
    await eventually(async () =>
      expect((await labels.allTextContents()).sort()).toEqual([
        'alternate exchange',
        'dead letters',
        'key.#',
      ]),
    )
    await page.locator(nodes).getByRole('link', { name: 'work', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'work' }).waitFor()
  })

  it('shows rates on the edges along which messages move, and figures that change by themselves', async () => {
    const page = await ui.page('/topology?vhost=%2F')
    await page.locator(nodes).first().waitFor()
    await eventually(
      async () => {
        channel.publish('in', 'key.a', Buffer.from('x'))
        await page.locator('.react-flow__edge.animated').waitFor({ timeout: 200 })
        const labels = await page.locator('.react-flow__edge-text').allTextContents()
        expect(labels.join('\n')).toMatch(/^key\.# · [1-9][0-9.]*( k)?\/s$/m)
      },
      { timeoutMs: 20_000, intervalMs: 30 },
    )
    await page
      .locator(nodes)
      .getByText(/[1-9]\d* messages?/)
      .first()
      .waitFor()
  })

  it('looks around one of them, and back at all', async () => {
    const page = await ui.page('/topology?vhost=%2F')
    await page.getByRole('link', { name: 'Look around queue graves' }).click()
    await page.locator('.node-centre').getByText('graves').waitFor()
    const names = page.locator(`${nodes} .node-name`)
    await eventually(async () =>
      expect((await names.allTextContents()).sort()).toEqual(['dead', 'graves', 'work']),
    )
    expect(new URL(page.url()).searchParams.get('queue')).toBe('graves')
    await page.reload()
    await page.locator('.node-centre').getByText('graves').waitFor()
    await page.getByRole('button', { name: 'Show all of it' }).click()
    await page.locator(nodes).getByText('apart <b>').waitFor()
    await page.getByRole('combobox', { name: 'Only around this' }).fill('rest')
    await page.getByRole('combobox', { name: 'Only around this' }).press('Enter')
    await page.locator('.node-centre').getByText('rest', { exact: true }).waitFor()
  })

  it("says in the server's words that there is no such queue to look around", async () => {
    const page = await ui.page('/topology?vhost=%2F&queue=nowhere')
    await page
      .getByRole('alert')
      .getByText(/no queue 'nowhere'|not found/i)
      .first()
      .waitFor()
  })

  it('is also a table, for those who do not see the picture', async () => {
    const page = await ui.page('/topology?vhost=%2F&form=table')
    await page.getByRole('row', { name: /exchange in queue work binding key\.#/ }).waitFor()
    await page.getByRole('row', { name: /queue work exchange dead dead letters/ }).waitFor()
    await page.getByRole('row', { name: /exchange in exchange rest alternate exchange/ }).waitFor()
    await page.getByLabel('Filter ways by name').fill('graves')
    await page.getByText('1–1 of 1 way').waitFor()
  })

  it('shows nothing of a virtual host to somebody without a permission in it', async () => {
    await ui.api('PUT', '/vhosts/mine', {})
    await ui.addUser('tenant', ['management'], ['mine'])
    const page = await ui.page('/topology?vhost=%2F', { user: 'tenant' })
    await page.getByRole('alert').first().waitFor()
    expect(await page.locator(nodes).count()).toBe(0)
    expect(await page.getByRole('main').textContent()).not.toMatch(/graves|key\.#/)
  })

  it('stays usable with hundreds: opens at the busiest, draws what is in sight, and has it all in the table', async () => {
    await ui.api('PUT', '/vhosts/large', {})
    await ui.api('PUT', '/permissions/large/guest', { configure: '.*', write: '.*', read: '.*' })
    const definitions = largeDefinitions(320)
    await ui.api('POST', '/definitions/large', definitions)
    const page = await ui.page('/topology?vhost=large')
    await page.locator(nodes).first().waitFor()
    expect(await page.locator(nodes).count()).toBeLessThan(100)
    await page.getByRole('img', { name: 'Overview of the graph' }).waitFor()
    await page.getByText('Table', { exact: true }).click()
    await page.getByText(`1–50 of ${definitions.bindings.length} ways`).waitFor()
  })

  describe('for axe', () => {
    it.each(['graph', 'table'])('is clean as a %s', async form => {
      const page = await ui.page(`/topology?vhost=%2F&form=${form}`)
      await page.getByText('work', { exact: true }).first().waitFor()
      expect(await axeProblems(page)).toEqual([])
    })
  })
})

/** So many queues, each bound to two of twenty exchanges. */
function largeDefinitions(count: number) {
  const common = { durable: true, auto_delete: false, arguments: {} }
  const exchanges = Array.from({ length: 20 }, (_, number) => ({
    name: `area ${number}`,
    type: 'direct',
    internal: false,
    ...common,
  }))
  const queues = Array.from({ length: count }, (_, number) => ({ name: `queue ${number}`, ...common }))
  const bindings = queues.flatMap(({ name }, number) =>
    [number % 20, (number * 7 + 1) % 20].map(area => ({
      source: `area ${area}`,
      destination: name,
      destination_type: 'queue',
      routing_key: `key ${number} ${area}`,
      arguments: {},
    })),
  )
  return { exchanges, queues, bindings, parameters: [], policies: [] }
}
