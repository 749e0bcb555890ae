/** The environment variables by which `leveret exec` tells the command where its broker is. docs/reference/cli.md has this table. */

export interface BrokerAddress {
  /** Without brackets. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly vhost: string
  /** `amqp://guest:guest@127.0.0.1:40123`; a virtual host other than `/` is its path. */
  readonly url: string
  /** Without a login. Undefined: there is no management. */
  readonly managementUrl: string | undefined
}

interface Variable {
  readonly names: readonly string[]
  readonly meaning: string
  /** Undefined: the command must not have it, for it would lead to another broker. */
  value(address: BrokerAddress): string | undefined
}

export const variables: readonly Variable[] = [
  {
    names: ['AMQP_URL', 'RABBITMQ_URL', 'CLOUDAMQP_URL', 'CELERY_BROKER_URL'],
    meaning: 'The URL of the broker, with user, password and virtual host.',
    value: ({ url }) => url,
  },
  {
    names: ['RABBITMQ_HOST', 'SPRING_RABBITMQ_HOST'],
    meaning: 'Its host.',
    value: ({ host }) => host,
  },
  {
    names: ['RABBITMQ_PORT', 'SPRING_RABBITMQ_PORT'],
    meaning: 'Its port for AMQP.',
    value: ({ port }) => String(port),
  },
  {
    names: ['RABBITMQ_USER', 'RABBITMQ_USERNAME', 'SPRING_RABBITMQ_USERNAME', 'LEVERET_USER'],
    meaning: 'The user, who is an administrator.',
    value: ({ user }) => user,
  },
  {
    names: ['RABBITMQ_PASSWORD', 'RABBITMQ_PASS', 'SPRING_RABBITMQ_PASSWORD', 'LEVERET_PASSWORD'],
    meaning: 'The password.',
    value: ({ password }) => password,
  },
  {
    names: ['RABBITMQ_VHOST', 'SPRING_RABBITMQ_VIRTUALHOST', 'LEVERET_VHOST'],
    meaning: 'The virtual host.',
    value: ({ vhost }) => vhost,
  },
  {
    names: ['RABBITMQ_MANAGEMENT_URL', 'LEVERET_URL', 'LEVERET_MANAGEMENT_URL'],
    meaning: 'The URL of the management API, without a login. Not set with `--no-management`.',
    value: ({ managementUrl }) => managementUrl,
  },
  {
    names: ['RABBITMQ_MANAGEMENT_PORT'],
    meaning: 'Its port. Not set with `--no-management`.',
    value: ({ managementUrl }) => (managementUrl === undefined ? undefined : new URL(managementUrl).port),
  },
]

type Environment = Readonly<Record<string, string | undefined>>

/** `inherited` with the variables of the table, or without those that have no value. */
export function environmentFor(address: BrokerAddress, inherited: Environment): Record<string, string> {
  const own = variables.flatMap(({ names, value }) => names.map(name => [name, value(address)] as const))
  const all = { ...inherited, ...Object.fromEntries(own) }
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
