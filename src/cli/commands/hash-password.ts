/**
 * `leveret hash-password`: RabbitMQ's salted hash of a password, for definitions files and `user add --password-hash`.
 * Made here: a password goes over no network and into no URL for it.
 */
import { Command, Option } from 'commander'
import { newPassword } from '../password-prompt'
import { ending } from '../run'

const algorithms = ['sha256', 'sha512'] as const

const examples = `
Examples:
  leveret hash-password           (asks for it)
  echo "$SECRET" | leveret hash-password --algorithm sha512`

export function hashPasswordCommand(): Command {
  return new Command('hash-password')
    .description("Print RabbitMQ's salted hash of a password")
    .argument('[password]', 'better typed when asked, or piped in')
    .addHelpText('after', examples)
    .addOption(
      new Option('--algorithm <name>', 'rabbit_password_hashing_…').choices(algorithms).default('sha256'),
    )
    .action(async (password: string | undefined, flags: { algorithm: (typeof algorithms)[number] }) => {
      await ending(async () => {
        const { passwordHash } =
          require('../../embed/password-hash') as typeof import('../../embed/password-hash')
        const text = password ?? (await newPassword('the new user'))
        process.stdout.write(`${passwordHash(text, `rabbit_password_hashing_${flags.algorithm}`)}\n`)
      })
    })
}
