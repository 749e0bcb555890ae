/** Where the bodies of messages to publish come from: the command line, a file, or what is piped in; whole or by lines. */
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { CommandError } from './exit-codes'

export interface PayloadSource {
  /** On the command line; `-` is stdin. */
  readonly text: string | undefined
  readonly file: string | undefined
  /** Each line is a message. */
  readonly lines: boolean
}

export async function* payloadsOf(source: PayloadSource): AsyncGenerator<Buffer> {
  const { text, file, lines } = source
  if (text !== undefined && file !== undefined) {
    throw new CommandError('a payload as an argument and --file exclude each other', 'usage')
  }
  if (text !== undefined && text !== '-') {
    yield* lines ? text.split('\n').map(line => Buffer.from(line)) : [Buffer.from(text)]
    return
  }
  const path = file === '-' ? undefined : file
  if (path === undefined && text === undefined && process.stdin.isTTY) {
    throw new CommandError('there is no payload: give it as an argument, with --file, or pipe it in', 'usage')
  }
  try {
    if (lines) yield* linesOf(path)
    else yield path === undefined ? await allOfStdin() : await readFile(path)
  } catch (cause) {
    throw new CommandError(cause instanceof Error ? cause.message : String(cause))
  }
}

/** As they arrive: a file larger than memory, or a program that goes on writing. */
async function* linesOf(path: string | undefined): AsyncGenerator<Buffer> {
  const input = path === undefined ? process.stdin : createReadStream(path)
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }))
    yield Buffer.from(line)
}

export async function allOfStdin(): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
