/**
 * Sockets of the file system. A broker that died leaves its file behind, and listening there would fail for ever: a file
 * behind which nobody answers is replaced, one behind which somebody does is left alone, and so is what is no socket.
 */
import { chmodSync, lstatSync, unlinkSync } from 'node:fs'
import { connect, type Server, type Socket } from 'node:net'
import { type Accept, type Gate, OpenGate } from './gate'
import { UNIX_ADDRESS } from './transport'

/** What fits `sockaddr_un`, less its final NUL. Longer ones would be cut without a word. */
const PATH_BYTES_MAX = process.platform === 'linux' ? 107 : 103

/** Owner and group connect; for Linux that is the right to write. */
const MODE = 0o660

/** The message is one line, made to be shown to whoever chose the path. */
export class UnusableSocket extends Error {
  override readonly name = 'UnusableSocket'
}

/** `listen` is called once, or again after a stale file was removed. @throws UnusableSocket */
export async function listenAtPath(path: string, listen: () => Promise<Server>): Promise<Server> {
  if (Buffer.byteLength(path) > PATH_BYTES_MAX) {
    throw new UnusableSocket(`socket ${path}: a path has ${PATH_BYTES_MAX} bytes at most`)
  }
  const server = await listen().catch(async (cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw unusable(path, cause)
    await removeStale(path)
    return listen().catch((again: unknown) => {
      throw unusable(path, again)
    })
  })
  chmodSync(path, MODE)
  return server
}

/** Who connects has no address; each is told from the others by a number. */
export class UnixGate implements Gate {
  private readonly open: OpenGate
  private connections = 0

  constructor(
    private readonly path: string,
    accept: Accept,
  ) {
    this.open = new OpenGate(accept)
  }

  take(socket: Socket): void {
    const remotePort = ++this.connections
    this.open.take(socket, {
      localAddress: this.path,
      localPort: 0,
      remoteAddress: UNIX_ADDRESS,
      remotePort,
    })
  }

  close(): void {}
}

async function removeStale(path: string): Promise<void> {
  if (!lstatSync(path).isSocket()) {
    throw new UnusableSocket(`socket ${path}: there is a file of that name which is no socket`)
  }
  if (await isAnswered(path)) {
    throw new UnusableSocket(`socket ${path}: is in use; another broker may be running`)
  }
  unlinkSync(path)
}

/** Also when nobody knows: it is full, or not ours. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ path })
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'ECONNREFUSED'))
  })
}

function unusable(path: string, cause: unknown): UnusableSocket {
  return new UnusableSocket(`socket ${path}: cannot listen there: ${(cause as Error).message}`)
}
