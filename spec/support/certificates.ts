/** The certificates for specs; `certificates/make.sh` says what they are and how they were made. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** `server.pem`, `server.key`, … */
export function certificatePath(name: string): string {
  return join(__dirname, 'certificates', name)
}

export function certificateFile(name: string): Buffer {
  return readFileSync(certificatePath(name))
}

/** For a client that believes the test authority, and shows a certificate if one is named. */
export function clientTls(name?: string) {
  const ca = certificateFile('ca.pem')
  if (name === undefined) return { ca }
  return { ca, cert: certificateFile(`${name}.pem`), key: certificateFile(`${name}.key`) }
}
