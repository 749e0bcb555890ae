/** Starts a built broker with its management, and prints which packages it has read. */
const { join, sep } = require('node:path')
const { createBroker } = require(join(__dirname, '..', '..', 'dist'))

const PACKAGES = ['fastify', 'ajv', '@fastify/ajv-compiler', '@fastify/fast-json-stringify-compiler']

async function main() {
  const ports = { port: 0, managementPort: 0, prometheusPort: 0 }
  const broker = await createBroker({ ...ports, management: true, prometheus: true, logLevel: 'silent' })
  const files = Object.keys(require.cache)
  const isLoaded = name =>
    files.some(file => file.includes(`${sep}node_modules${sep}${name.replace('/', sep)}${sep}`))
  process.stdout.write(
    `${JSON.stringify(Object.fromEntries(PACKAGES.map(name => [name, isLoaded(name)])))}\n`,
  )
  await broker.close()
}

main()
