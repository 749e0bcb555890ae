/** amqplib over any stream: its own `connect` makes sockets only. */
import { dirname, join } from 'node:path'
import type { Duplex } from 'node:stream'
import type { ChannelModel } from 'amqplib'

interface AmqplibConnection {
  open(fields: object, opened: (error: Error | null) => void): void
}

// Its `exports` hide these from `require('amqplib/lib/…')`; its path does not.
const library = join(dirname(require.resolve('amqplib')), 'lib')
const { Connection } = require(join(library, 'connection.js')) as {
  Connection: new (stream: Duplex) => AmqplibConnection
}
const models = require(join(library, 'channel_model.js')) as {
  ChannelModel: new (connection: AmqplibConnection) => ChannelModel
}

export function connectOn(stream: Duplex): Promise<ChannelModel> {
  const connection = new Connection(stream)
  const fields = {
    clientProperties: { product: 'amqplib', capabilities: { consumer_cancel_notify: true } },
    mechanism: 'PLAIN',
    response: Buffer.from('\0guest\0guest'),
    locale: 'en_US',
    channelMax: 0,
    frameMax: 131_072,
    heartbeat: 0,
    virtualHost: '/',
    capabilities: '',
    insist: 0,
  }
  return new Promise((resolve, reject) => {
    connection.open(fields, error => {
      if (error === null) resolve(new models.ChannelModel(connection))
      else reject(error)
    })
  })
}
