/**
 * `leveret user …`. A password that is not on the command line, where others on the machine could read it, is asked for,
 * or is the first line of stdin. RabbitMQ's API sets a user as a whole: what a command does not change is sent back.
 */
import { Command } from 'commander'
import { type ApiClient, pathOf } from '../api-client'
import { CommandError } from '../exit-codes'
import { isObject, type JsonObject } from '../json'
import { newPassword } from '../password-prompt'
import { acts } from '../run'

interface AddFlags {
  readonly tags?: string
  readonly passwordHash?: string
  readonly hashingAlgorithm?: string
}

const examples = `
Examples:
  leveret user add ada --tags management,policymaker      (asks for the password)
  echo "$SECRET" | leveret user add worker
  leveret user add old --password-hash 'kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR'
  leveret user set-tags ada administrator
  leveret user set-password ada
  leveret user delete old worker

A new user may do nothing yet: see \`leveret permission set\`. \`leveret list users\` lists them.`

export function userCommand(): Command {
  return new Command('user')
    .description('Add, change and delete users')
    .addHelpText('after', examples)
    .addCommand(addCommand())
    .addCommand(deleteCommand())
    .addCommand(setPasswordCommand())
    .addCommand(setTagsCommand())
}

function addCommand(): Command {
  const command = new Command('add')
    .description('Add a user')
    .argument('<name>', 'name of the user')
    .argument('[password]', 'password; better typed when asked, or piped in')
    .optionsGroup('User:')
    .option('--tags <a,b>', 'administrator, monitoring, policymaker, management …')
    .option('--password-hash <base64>', "RabbitMQ's salted hash instead of a password")
    .option('--hashing-algorithm <name>', 'of that hash (default rabbit_password_hashing_sha256)')
  return acts<AddFlags, [string, string | undefined]>(
    command,
    async ({ api, flags, say }, name, password) => {
      if ((await existing(api, name)) !== undefined)
        throw new CommandError(`user ${name} is there already`, 'conflict')
      const login =
        flags.passwordHash === undefined
          ? { password: password ?? (await newPassword(name)) }
          : { password_hash: flags.passwordHash, hashing_algorithm: flags.hashingAlgorithm }
      await api.put(pathOf('users', name), { ...login, tags: flags.tags ?? '' })
      say(`added user ${name}`)
    },
  )
}

function deleteCommand(): Command {
  const command = new Command('delete')
    .description('Delete users; their connections are closed')
    .argument('<name...>', 'names of the users')
  return acts<object, [string[]]>(command, async ({ api, say }, names) => {
    for (const name of names) {
      await api.delete(pathOf('users', name))
      say(`deleted user ${name}`)
    }
  })
}

function setPasswordCommand(): Command {
  const command = new Command('set-password')
    .description('Change the password of a user')
    .argument('<name>', 'name of the user')
    .argument('[password]', 'password; better typed when asked, or piped in')
  return acts<object, [string, string | undefined]>(command, async ({ api, say }, name, password) => {
    const user = await api.getObject(pathOf('users', name))
    await api.put(pathOf('users', name), {
      password: password ?? (await newPassword(name)),
      tags: tagsText(user),
    })
    say(`changed the password of ${name}`)
  })
}

function setTagsCommand(): Command {
  const command = new Command('set-tags')
    .description('Set the tags of a user, in place of those it has')
    .argument('<name>', 'name of the user')
    .argument('[tag...]', 'none takes all away')
  return acts<object, [string, string[]]>(command, async ({ api, say }, name, tags) => {
    const user = await api.getObject(pathOf('users', name))
    await api.put(pathOf('users', name), {
      password_hash: user['password_hash'],
      hashing_algorithm: user['hashing_algorithm'],
      tags: tags.join(','),
    })
    say(tags.length === 0 ? `took all tags from ${name}` : `set the tags of ${name} to ${tags.join(', ')}`)
  })
}

async function existing(api: ApiClient, name: string): Promise<JsonObject | undefined> {
  try {
    const user = await api.get(pathOf('users', name))
    return isObject(user) ? user : undefined
  } catch (cause) {
    if (cause instanceof CommandError && cause.ending === 'notFound') return undefined
    throw cause
  }
}

/** RabbitMQ before 3.9 has them as one text. */
function tagsText(user: JsonObject): string {
  const tags = user['tags']
  return Array.isArray(tags) ? tags.join(',') : typeof tags === 'string' ? tags : ''
}
