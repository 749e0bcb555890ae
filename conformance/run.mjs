// npm run conformance -- [--url amqp://…] [--management-url http://…] [jest arguments]: without a URL, our own broker
// (from dist) is tested. With one, the management is looked for on port 15672 of its host.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const jest = join(dirname(createRequire(import.meta.url).resolve('jest/package.json')), 'bin/jest.js')

const jestArguments = []
const environment = { ...process.env }
const given = process.argv.slice(2)
while (given.length > 0) {
  const argument = given.shift()
  if (argument === '--url') environment.CONFORMANCE_URL = given.shift()
  else if (argument.startsWith('--url=')) environment.CONFORMANCE_URL = argument.slice('--url='.length)
  else if (argument === '--management-url') environment.CONFORMANCE_MANAGEMENT_URL = given.shift()
  else if (argument.startsWith('--management-url=')) {
    environment.CONFORMANCE_MANAGEMENT_URL = argument.slice('--management-url='.length)
  } else jestArguments.push(argument)
}

const run = spawn(process.execPath, [jest, '-c', join(here, 'jest.config.js'), ...jestArguments], {
  env: environment,
  stdio: 'inherit',
})
run.once('close', status => {
  process.exitCode = status ?? 1
})
