/** The address a client of this machine connects to, for one that is listened on. */

/** Every address of this machine. */
export function isUnspecified(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

export function reachableHost(host: string): string {
  return isUnspecified(host) ? '127.0.0.1' : host
}
