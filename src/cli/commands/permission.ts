/** `leveret permission …`: what a user may do in a virtual host, and with which routing keys. */
import { Command } from 'commander'
import { pathOf } from '../api-client'
import { acts } from '../run'

const examples = `
Examples:
  leveret permission set worker '' '' '^orders$'  -p shop      (may only read from orders)
  leveret permission set ada '.*' '.*' '.*'
  leveret permission set-topic worker events '^order\\.' '.*'
  leveret permission clear-topic worker
  leveret permission clear worker -p shop

Each is a regular expression for names of queues and exchanges; an empty one allows nothing but server-named ones.
Open connections obey a change at once. \`leveret list permissions\` lists them.`

export function permissionCommand(): Command {
  return new Command('permission')
    .description('Set and clear permissions')
    .addHelpText('after', examples)
    .addCommand(setCommand())
    .addCommand(clearCommand())
    .addCommand(setTopicCommand())
    .addCommand(clearTopicCommand())
}

function setCommand(): Command {
  const command = new Command('set')
    .description('Set what a user may do in a virtual host')
    .argument('<user>', 'name of the user')
    .argument('<configure>', 'may declare and delete what matches')
    .argument('<write>', 'may publish and bind to what matches')
    .argument('<read>', 'may consume from what matches')
  return acts<object, [string, string, string, string]>(
    command,
    async ({ api, vhost, say }, user, configure, write, read) => {
      await api.put(pathOf('permissions', vhost, user), { configure, write, read })
      say(`set the permissions of ${user} in ${vhost}`)
    },
  )
}

function clearCommand(): Command {
  const command = new Command('clear')
    .description('Take a user all permissions in a virtual host')
    .argument('<user>', 'name of the user')
  return acts<object, [string]>(command, async ({ api, vhost, say }, user) => {
    await api.delete(pathOf('permissions', vhost, user))
    say(`cleared the permissions of ${user} in ${vhost}`)
  })
}

function setTopicCommand(): Command {
  const command = new Command('set-topic')
    .description('Set which routing keys a user may use with a topic exchange')
    .argument('<user>', 'name of the user')
    .argument('<exchange>', 'topic exchange')
    .argument('<write>', 'may publish with keys that match')
    .argument('<read>', 'may bind with keys that match')
  return acts<object, [string, string, string, string]>(
    command,
    async ({ api, vhost, say }, user, exchange, write, read) => {
      await api.put(pathOf('topic-permissions', vhost, user), { exchange, write, read })
      say(`set the topic permissions of ${user} for ${exchange} in ${vhost}`)
    },
  )
}

function clearTopicCommand(): Command {
  const command = new Command('clear-topic')
    .description('Lift the limits on routing keys, of one exchange or all')
    .argument('<user>', 'name of the user')
    .argument('[exchange]', 'topic exchange; without it, all')
  return acts<object, [string, string | undefined]>(command, async ({ api, vhost, say }, user, exchange) => {
    const of = exchange === undefined ? [] : [exchange]
    await api.delete(pathOf('topic-permissions', vhost, user, ...of))
    say(`cleared the topic permissions of ${user} in ${vhost}`)
  })
}
