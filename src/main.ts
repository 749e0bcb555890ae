#!/usr/bin/env node
/** The executable: hands the command line to the program, and nothing else. */
import { createProgram } from './cli/program'

createProgram(process.argv.slice(2))
  .parseAsync()
  .catch((cause: unknown) => {
    process.stderr.write(`leveret: ${cause instanceof Error ? cause.stack : String(cause)}\n`)
    process.exit(1)
  })
