// Where a broker that was just started says that it listens.

/** Resolves to its AMQP address, and with `needsHttp` to that of its HTTP API, too. Rejects when it ends before. */
export function saidAddresses(child, { needsHttp = false } = {}) {
  return new Promise((resolve, reject) => {
    let said = ''
    child.once('close', () => reject(new Error(said)))
    child.stdout.on('data', chunk => {
      said += chunk
      const amqp = /amqp:\/\/\S+/.exec(said)?.[0]
      const http = /http:\/\/[^\s/]+/.exec(said)?.[0]
      if (amqp !== undefined && (!needsHttp || http !== undefined)) resolve({ amqp, http })
    })
  })
}
