/**
 * `leveret` without a process of its own, for the many command lines of a spec: what it writes is caught, an exit is an
 * exception. What is piped in, signals and broken pipes need the real one (`leveret.ts`).
 */
import { createProgram } from '../../src/cli/program'

export interface Ran {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

class Exit extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`)
  }
}

export async function runInProcess(
  args: readonly string[],
  environment: Record<string, string>,
): Promise<Ran> {
  const output: Buffer[] = []
  const errors: Buffer[] = []
  const restore = [
    catchWrites(process.stdout, output),
    catchWrites(process.stderr, errors),
    withEnvironment(environment),
    withoutNewListeners(process),
    withoutNewListeners(process.stdout),
    catchExit(),
  ]
  let code = 0
  try {
    await createProgram(args).parseAsync([...args], { from: 'user' })
    code = Number(process.exitCode ?? 0)
  } catch (cause) {
    if (!(cause instanceof Exit)) throw cause
    code = cause.code
  } finally {
    for (const undo of restore) undo()
    process.exitCode = undefined
  }
  return { code, output: Buffer.concat(output).toString(), errors: Buffer.concat(errors).toString() }
}

type Undo = () => void

function catchWrites(stream: NodeJS.WriteStream, into: Buffer[]): Undo {
  const spy = jest.spyOn(stream, 'write').mockImplementation(chunk => {
    into.push(Buffer.from(chunk as string))
    return true
  })
  return () => spy.mockRestore()
}

function catchExit(): Undo {
  const spy = jest.spyOn(process, 'exit').mockImplementation(code => {
    throw new Exit(Number(code ?? process.exitCode ?? 0))
  })
  return () => spy.mockRestore()
}

function withEnvironment(environment: Record<string, string>): Undo {
  const before = Object.entries(environment).map(([name]) => [name, process.env[name]] as const)
  Object.assign(process.env, environment)
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
}

function withoutNewListeners(emitter: NodeJS.EventEmitter): Undo {
  const events = ['SIGINT', 'error', 'exit']
  const before = new Map(events.map(event => [event, emitter.rawListeners(event)]))
  return () => {
    for (const event of events) {
      for (const listener of emitter.rawListeners(event)) {
        if (before.get(event)?.includes(listener) !== true)
          emitter.removeListener(event, listener as () => void)
      }
    }
  }
}
