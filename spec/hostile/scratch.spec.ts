import { Wire } from '../../conformance/support/wire'
import { encodeFrame, encodeHeader, encodeMethod } from '../../conformance/support/codec'
import { Bystander } from '../support/bystander'
import { inProcessBroker } from '../support/in-process'
import { type ListeningBroker, listeningBroker } from '../support/listening-broker'
import { bytesInUse, heldBytes, MIB } from '../support/held-bytes'
jest.setTimeout(60000)
let b: ListeningBroker
beforeEach(async () => { b = await listeningBroker() })
afterEach(async () => { console.log(b.log.at('error'), b.connections.count); await b.close() })
const ms = (n: number) => new Promise(r => setTimeout(r, n))
async function open() { const w = await (await Wire.connect(b.url)).open(); const c = await w.channel(); return { w, c } }

it('E1 declare flood', async () => {
  const { w, c } = await open()
  await c.call('queue.declare', { queue: 'q' })
  const before = await heldBytes()
  w.socket.pause()
  const one = encodeMethod(1, 'queue.declare', { queue: 'q' })
  const many = Buffer.concat(Array(10000).fill(one))
  let sent = 0
  for (let i = 0; i < 60; i++) { if (w.socket.writableLength > 10e6) { await ms(50); continue }; w.socket.write(many); sent += many.length; await ms(5) }
  console.log('E1 sent', sent / MIB, 'client pending', w.socket.writableLength / MIB, 'grown', ((await heldBytes()) - before) / MIB)
  await w.destroy()
})
it('E1b get flood of large', async () => {
  const { w, c } = await open()
  await c.call('queue.declare', { queue: 'q' })
  for (let i = 0; i < 20; i++) c.publish({ routingKey: 'q' }, Buffer.alloc(MIB))
  while ((await c.counts('q')).messages < 20) await ms(10)
  w.socket.pause()
  const before = await heldBytes()
  w.sendBytes(Buffer.concat(Array(1000).fill([encodeMethod(1, 'basic.get', { queue: 'q' }), encodeMethod(1, 'basic.recover', { requeue: true })]).flat()))
  await ms(1000)
  console.log('E1b grown', ((await heldBytes()) - before) / MIB, bytesInUse() / MIB, 'rss', process.memoryUsage().rss / MIB)
  await w.destroy()
})
it('E2 chain', async () => {
  const { w, c } = await open()
  const n = 20000
  const all: Buffer[] = []
  for (let i = 0; i < n; i++) all.push(encodeMethod(1, 'exchange.declare', { exchange: `e${i}`, type: 'fanout', autoDelete: true, nowait: true }))
  for (let i = 0; i < n - 1; i++) all.push(encodeMethod(1, 'exchange.bind', { source: `e${i}`, destination: `e${i + 1}`, nowait: true }))
  w.sendBytes(Buffer.concat(all))
  await c.call('exchange.delete', { exchange: `e${n - 1}` }).catch(e => console.log(String(e)))
  console.log('E2 left', b.vhost.exchanges.size)
  await w.destroy()
})
it('E3 consumers', async () => {
  const { w, c } = await open()
  await c.call('queue.declare', { queue: 'q' })
  const n = 100000
  const all: Buffer[] = []
  for (let i = 0; i < n; i++) all.push(encodeMethod(1, 'basic.consume', { queue: 'q', consumerTag: `t${i}`, nowait: true }))
  let t = performance.now()
  w.sendBytes(Buffer.concat(all))
  console.log((await c.counts('q')))
  console.log('E3 consume', performance.now() - t)
  t = performance.now()
  await w.destroy()
  while (b.connections.count > 0) await ms(1)
  console.log('E3 gone', performance.now() - t)
})
it('E4 pinned', async () => {
  const { w, c } = await open()
  const before = await heldBytes()
  for (let n = 2; n < 60; n++) {
    const d = await w.channel(n)
    await d.call('queue.declare', { queue: `q${n}`})
    d.publish({ routingKey: `q${n}` }, Buffer.alloc(4 * MIB))
    await d.call('queue.purge', { queue: `q${n}` })
  }
  console.log('E4 held', ((await heldBytes()) - before) / MIB)
  for (let n = 2; n < 60; n++) await c.call('queue.delete', { queue: `q${n}` })
  console.log('E4 held w/o queues', ((await heldBytes()) - before) / MIB)
  await w.destroy()
  await ms(50)
  console.log('E4 after', ((await heldBytes()) - before) / MIB)
})
it('E8 announced', async () => {
  const { w } = await open()
  const before = await heldBytes()
  const all: Buffer[] = []
  for (let n = 2; n < 2000; n++) all.push(encodeMethod(n, 'channel.open', {}), encodeMethod(n, 'basic.publish', { routingKey: 'zz' }), encodeHeader(n, 16 * MIB, {}))
  w.sendBytes(Buffer.concat(all))
  await ms(500)
  console.log('E8 announced', ((await heldBytes()) - before) / MIB)
  for (let n = 2; n < 2000; n++) w.sendFrame(3, n, Buffer.alloc(1))
  await ms(500)
  console.log('E8 1 byte', ((await heldBytes()) - before) / MIB, process.memoryUsage())
  await w.destroy()
})
it('E7 close-ok', async () => {
  const { w, c } = await open()
  await c.call('queue.declare', { queue: 'q' })
  await c.call('basic.consume', { queue: 'q', noAck: true })
  w.send('connection.close-ok')
  await ms(20)
  const o = await open()
  for (let i = 0; i < 10; i++) o.c.publish({ routingKey: 'q' }, 'x')
  console.log('E7', await o.c.counts('q'), b.connections.count)
  await o.w.destroy(); await w.destroy()
})
it('E6 half-close', async () => {
  const { w, c } = await open()
  await c.call('queue.declare', { queue: 'q' })
  await c.call('basic.consume', { queue: 'q' })
  w.socket.pause()
  for (let i = 0; i < 20; i++) c.publish({ routingKey: 'q' }, Buffer.alloc(MIB))
  await ms(300)
  w.socket.end()
  await ms(300)
  console.log('E6', b.connections.count, [...b.vhost.queues.values()].map(q => [q.messageCount, q.unacknowledgedCount, q.consumers.count]))
  b.clock.advance(3600_000)
  await ms(100)
  console.log('E6', b.connections.count, [...b.vhost.queues.values()].map(q => [q.messageCount, q.unacknowledgedCount, q.consumers.count]))
  await w.destroy()
})
