/** Where the project is, and child processes started from it: tools are run as `node <file>`, never through a shell. */
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** The same tools on every system, without looking for `node_modules/.bin/*.cmd`. */
export const tools = {
  biome: 'node_modules/@biomejs/biome/bin/biome',
  jest: 'node_modules/jest/bin/jest.js',
  tsc: 'node_modules/typescript/bin/tsc',
  vite: 'node_modules/vite/bin/vite.js',
}

/** Runs `node file ...args` in the project. Resolves to its exit code and, when `quiet`, to all it printed. */
export function runNode(file, args = [], options = {}) {
  return run(process.execPath, [join(root, file), ...args], options)
}

/** Runs npm: the one that runs us when there is one, else the one on the path. */
export function runNpm(args, options = {}) {
  const npm = process.env.npm_execpath
  if (npm !== undefined && /\.[cm]?js$/.test(npm)) return run(process.execPath, [npm, ...args], options)
  return run('npm', args, { ...options, shell: process.platform === 'win32' })
}

function run(command, args, { quiet = false, shell = false, env = process.env } = {}) {
  return new Promise(resolve => {
    const stdio = quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit']
    const child = spawn(command, args, { cwd: root, env, shell, stdio })
    let output = ''
    child.stdout?.on('data', chunk => {
      output += chunk
    })
    child.stderr?.on('data', chunk => {
      output += chunk
    })
    child.on('error', error => resolve({ code: 1, output: `${output}${command}: ${error.message}\n` }))
    child.on('close', (code, signal) => resolve({ code: code ?? 1, output, signal }))
  })
}
