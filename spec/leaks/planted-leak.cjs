/** Loaded into a broker that is to leak: keeps something of every connection. */
const { Server } = require('node:net')

const kept = []

class Planted {}

const { emit } = Server.prototype
Server.prototype.emit = function (event, ...rest) {
  if (event === 'connection') kept.push(new Planted())
  return emit.call(this, event, ...rest)
}
