/** Users, virtual hosts, policies and limits in a browser, and what clients notice of them. */
import amqp from 'amqplib'
import { eventually } from '../support/eventually'
import { describeInBrowser, type Ui } from './browser'

const urlOf = (ui: Ui, user: string, vhost = '%2F') =>
  `amqp://${user}:${user}@127.0.0.1:${ui.broker.port}/${vhost}`

describeInBrowser('the pages of users', ui => {
  it('make a user that can log in, with permissions in a virtual host', async () => {
    const page = await ui.page('/users')
    await page.getByRole('button', { name: 'Create user' }).click()
    const form = page.getByRole('form', { name: 'Create user' })
    await form.getByRole('textbox', { name: 'Name', exact: true }).fill('alice')
    await form.getByLabel(/^Password/).fill('alice')
    await form.getByLabel('All permissions in').click()
    await page.getByRole('option', { name: '/', exact: true }).click()
    await form.getByRole('button', { name: 'Create user' }).click()
    await page.getByRole('link', { name: 'alice' }).waitFor()
    const connection = await amqp.connect(urlOf(ui, 'alice'))
    await (await connection.createChannel()).assertQueue('of alice')
    await connection.close()
  })

  it('change permissions, tags and password of one', async () => {
    await ui.addUser('bob', [], ['/'])
    const page = await ui.page('/users/bob')
    await page.getByRole('button', { name: 'Change /' }).click()
    const form = page.getByRole('form', { name: 'Set permissions' })
    await form.getByLabel('Configure').fill('^bob-')
    await form.getByRole('button', { name: 'Set permissions' }).click()
    await page.getByText('Permissions of bob in / set').waitFor()
    expect(await ui.api('GET', '/permissions/%2F/bob')).toMatchObject({
      configure: '^bob-',
      write: '.*',
      read: '.*',
    })

    const account = page.getByRole('form', { name: 'Tags and password' })
    await account.getByLabel('Tags').first().fill('monitoring')
    await page.keyboard.press('Enter')
    await account.getByRole('button', { name: 'Save' }).click()
    await page.getByText('User bob changed').waitFor()
    expect(await ui.api('GET', '/users/bob')).toMatchObject({ tags: ['monitoring'] })
    await (await amqp.connect(urlOf(ui, 'bob'))).close() // the password stayed
  })

  it('take permissions away, and delete those selected', async () => {
    await ui.addUser('carol', [], ['/'])
    const page = await ui.page('/users/carol')
    await page.getByRole('button', { name: 'Remove /' }).click()
    await page.getByText('This user may connect to no virtual host').waitFor()
    await expect(amqp.connect(urlOf(ui, 'carol'))).rejects.toThrow(/ConnectionClose/)

    await page.getByRole('link', { name: 'Users' }).click()
    await page.getByLabel('Select carol').check()
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('User carol deleted').waitFor()
    await expect(ui.api('GET', '/users/carol')).rejects.toThrow('404')
  })
})

describeInBrowser('the pages of virtual hosts', ui => {
  it('make one, protect it, and delete it once its name was typed', async () => {
    const page = await ui.page('/vhosts')
    await page.getByRole('button', { name: 'Create virtual host' }).click()
    const form = page.getByRole('form', { name: 'Create virtual host' })
    await form.getByRole('textbox', { name: 'Name', exact: true }).fill('shop')
    await form.getByLabel('Description').fill('all of the shop')
    await form.getByRole('button', { name: 'Create virtual host' }).click()
    await page.getByRole('link', { name: 'shop' }).click()
    await page.getByText('all of the shop').first().waitFor()

    await page.getByRole('button', { name: 'Protect from deletion' }).click()
    await page.getByRole('button', { name: 'Allow deletion' }).waitFor()
    expect(await page.getByRole('button', { name: 'Delete', exact: true }).isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'Allow deletion' }).click()
    await page.getByRole('button', { name: 'Delete', exact: true }).click()

    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Type its name').fill('shoe')
    await dialog.getByRole('button', { name: 'Delete' }).click()
    expect(await dialog.getByRole('alert').textContent()).toContain('Type shop')
    await dialog.getByLabel('Type its name').fill('shop')
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await page.getByText('Virtual host shop deleted').waitFor()
    await expect(ui.api('GET', '/vhosts/shop')).rejects.toThrow('404')
  })
})

describeInBrowser('the pages of policies', ui => {
  it('set a policy, tell before what it will match, and take it away', async () => {
    for (const name of ['orders.new', 'orders.paid', 'emails']) await ui.api('PUT', `/queues/%2F/${name}`, {})
    const page = await ui.page('/policies')
    await page.getByRole('button', { name: 'Create policy' }).click()
    const form = page.getByRole('form', { name: 'Create policy' })
    await form.getByRole('textbox', { name: 'Name', exact: true }).fill('short')
    await form.getByRole('textbox', { name: 'Pattern' }).fill('^orders\\.')
    await form.getByText('Matches 2 queues (orders.new, orders.paid) and no exchanges').waitFor()
    await form.getByLabel('Argument name').fill('max-length')
    await form.getByLabel('Argument value').fill('5')
    await form.getByRole('button', { name: 'Create policy' }).click()
    await page.getByText('Policy short set').waitFor()
    await page.getByRole('row', { name: /short .*max-length: 5/ }).waitFor()
    await eventually(async () =>
      expect(await ui.api('GET', '/queues/%2F/orders.new')).toMatchObject({
        policy: 'short',
        effective_policy_definition: { 'max-length': 5 },
      }),
    )
    expect(await ui.api('GET', '/queues/%2F/emails')).toMatchObject({ policy: null })

    await page.getByRole('button', { name: 'Delete policy short' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('policy short deleted').waitFor()
    expect(await ui.api('GET', '/policies')).toEqual([])
  })

  it("show the server's words for one that it refuses", async () => {
    const page = await ui.page('/policies')
    await page.getByRole('button', { name: 'Create policy' }).click()
    const form = page.getByRole('form', { name: 'Create policy' })
    await form.getByRole('textbox', { name: 'Name', exact: true }).fill('wrong')
    await form.getByRole('textbox', { name: 'Pattern' }).fill('.*')
    await form.getByLabel('Argument name').fill('max-length')
    await form.getByLabel('Argument value').fill('-5')
    await form.getByRole('button', { name: 'Create policy' }).click()
    expect(await form.getByRole('alert').textContent()).toMatch(/validation failed/i)
  })

  it('set an operator policy', async () => {
    const page = await ui.page('/policies?kind=operator')
    await page.getByRole('button', { name: 'Create operator policy' }).click()
    const form = page.getByRole('form', { name: 'Create operator policy' })
    await form.getByRole('textbox', { name: 'Name', exact: true }).fill('cap')
    await form.getByRole('textbox', { name: 'Pattern' }).fill('.*')
    await form.getByLabel('Argument name').fill('max-length')
    await form.getByLabel('Argument value').fill('1000')
    await form.getByRole('button', { name: 'Create operator policy' }).click()
    await page.getByText('Operator policy cap set').waitFor()
    expect(await ui.api('GET', '/operator-policies/%2F/cap')).toMatchObject({
      definition: { 'max-length': 1000 },
    })
  })
})

describeInBrowser('the page of limits', ui => {
  it('sets a limit that clients meet, and lifts it', async () => {
    const page = await ui.page('/limits')
    await page.getByRole('button', { name: 'Set a limit of a virtual host' }).click()
    const form = page.getByRole('form', { name: 'Set a limit of a virtual host' })
    await form.getByLabel('Virtual host').click()
    await page.getByRole('option', { name: '/', exact: true }).click()
    await form.getByLabel('Limit', { exact: true }).click()
    await page.getByRole('option', { name: 'max-queues' }).click()
    await form.getByLabel('At most').fill('0')
    await form.getByRole('button', { name: 'Set limit' }).click()
    await page.getByText('Limit max-queues of / set to 0').waitFor()
    await expect(ui.api('PUT', '/queues/%2F/one-too-many', {})).rejects.toThrow(/limit/)

    await page.getByRole('button', { name: 'Lift max-queues of /' }).click()
    await page.getByText('Limit max-queues of / lifted').waitFor()
    await ui.api('PUT', '/queues/%2F/one-too-many', {})
  })
})
