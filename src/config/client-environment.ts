/**
 * The environment variables of the commands that talk to a running broker. They share the prefix of the broker's own
 * options, so a broker started in the same shell must know that they are not mistyped options of its own.
 */
export const clientEnvironment = {
  url: ['LEVERET_URL', 'LEVERET_MANAGEMENT_URL'],
  user: ['LEVERET_USER'],
  password: ['LEVERET_PASSWORD'],
  vhost: ['LEVERET_VHOST'],
  cacert: ['LEVERET_CACERT'],
} as const

export const clientVariables: readonly string[] = Object.values(clientEnvironment).flat()
