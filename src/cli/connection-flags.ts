/** Which broker a command talks to, and as whom: flags, then the environment, then what a broker has when it is new. */
import { readFileSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { clientEnvironment } from '../config/client-environment'
import type { ApiTarget } from './api-client'
import { CommandError } from './exit-codes'
import { askPassword } from './password-prompt'

export const DEFAULT_URL = 'http://127.0.0.1:15672'

/** Heading in the help; the page of the command line says them once instead. */
export const CONNECTION_GROUP = 'Connection:'

export interface ConnectionFlags {
  readonly url?: string
  readonly user?: string
  readonly password?: string
  readonly vhost?: string
  readonly cacert?: string
  readonly insecure?: true
}

type Environment = Readonly<Record<string, string | undefined>>

export function addConnectionFlags(command: Command): void {
  for (const [flag, help] of [
    ['--url <url>', `management API of the broker (default ${DEFAULT_URL}; ${named('url')})`],
    ['-u, --user <name>', `user (default guest; ${named('user')})`],
    ['--password <text>', `its password; better ${named('password')}, or type it when asked`],
    ['-p, --vhost <name>', `virtual host (default /; ${named('vhost')})`],
    ['--cacert <file>', `authorities to trust for https, as PEM (${named('cacert')})`],
    ['--insecure', 'do not check the certificate of an https URL'],
  ] as const) {
    command.addOption(new Option(flag, help).helpGroup(CONNECTION_GROUP))
  }
}

/** Undefined: neither flag nor environment name one. */
export function givenVhost(
  flags: ConnectionFlags,
  environment: Environment = process.env,
): string | undefined {
  return flags.vhost ?? fromEnvironment('vhost', environment)
}

export async function apiTarget(
  flags: ConnectionFlags,
  environment: Environment = process.env,
  ask: (user: string) => Promise<string> = askPassword,
): Promise<ApiTarget> {
  const url = parsedUrl(flags.url ?? fromEnvironment('url', environment) ?? DEFAULT_URL)
  const named = flags.user ?? (decodeURIComponent(url.username) || fromEnvironment('user', environment))
  const user = named ?? 'guest'
  const password =
    flags.password ?? (decodeURIComponent(url.password) || fromEnvironment('password', environment))
  const cacert = flags.cacert ?? fromEnvironment('cacert', environment)
  return {
    url: `${url.origin}${url.pathname.replace(/\/+$/, '').replace(/\/api$/, '')}`,
    user,
    password: password ?? (user === 'guest' ? 'guest' : await ask(user)),
    trust: { ca: cacert === undefined ? undefined : pem(cacert), insecure: flags.insecure === true },
  }
}

function parsedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:')) return url
  // Whatever it is, it may hold a password: it is not repeated.
  throw new CommandError(`the URL of the broker must be like ${DEFAULT_URL}`, 'usage')
}

function pem(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new CommandError(`--cacert: ${(cause as Error).message}`, 'usage')
  }
}

function fromEnvironment(key: keyof typeof clientEnvironment, environment: Environment): string | undefined {
  for (const name of clientEnvironment[key]) {
    const value = environment[name]
    if (value !== undefined && value !== '') return value
  }
  return undefined
}

function named(key: keyof typeof clientEnvironment): string {
  return `environment ${clientEnvironment[key].join(' or ')}`
}
