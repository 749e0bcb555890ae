/** Whether a request comes from where it seems to: what a browser says of its page, and what proxies say. */
import { hostname } from 'node:os'

/** From another site, as a browser says. Programs do not say. */
export function isForeign(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return false
  try {
    return new URL(origin).host !== host?.toLowerCase()
  } catch {
    return true // `null`, say: a sandboxed frame
  }
}

/**
 * Whatever its address: it was passed on by an HTTP proxy, or asks for a name that need not be this machine's. A page of any
 * site may have its own name point here (DNS rebinding), and would then be of the same origin.
 */
export function isFromElsewhere(headers: Readonly<Record<string, string | string[] | undefined>>): boolean {
  if (headers['forwarded'] !== undefined || headers['x-forwarded-for'] !== undefined) return true
  const { host } = headers
  return typeof host === 'string' && !mayBeThisMachine(host)
}

/** An address, which no name leads to; or a name that no site far away can have. Of the header `host`. */
export function mayBeThisMachine(host: string): boolean {
  if (!URL.canParse(`http://${host}`)) return false
  const name = new URL(`http://${host}`).hostname
  const isAddress = name.startsWith('[') || /^[\d.]+$/.test(name)
  return isAddress || isNameOfThisNetwork(name) || name === hostname().toLowerCase()
}

/** `localhost`, other names without a dot, and `host.docker.internal`, by which containers know this machine. */
function isNameOfThisNetwork(name: string): boolean {
  return !name.includes('.') || /\.(localhost|localdomain|internal)$/.test(name)
}
