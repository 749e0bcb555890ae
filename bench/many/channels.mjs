// 65,535 channels on one connection.
import { MeasuredBroker } from './broker.mjs'
import { printRow } from './row.mjs'
import { consume, declareQueue, id, openChannel, Wire } from './wire.mjs'

export async function run(scaled) {
  const count = scaled(65_535)
  const broker = await MeasuredBroker.start({ options: ['--channel-max', '65535'] })
  const wire = await Wire.open(broker.address, { withChannel: false })
  const opened = await broker.beside(() => wire.all(each(count, openChannel), id.channelOpenOk, count))
  opened.rss = await broker.settledRss()
  const kib = (((opened.rss - opened.before) * 1024) / count).toFixed(1)
  printRow(`${count} channels on one connection (${kib} KiB each)`, opened)
  await wire.ask(declareQueue('shared'), id.queueDeclareOk)
  const consuming = channel => consume('shared', { channel, noAck: false })
  printRow(
    '… a consumer on each, all of one queue',
    await broker.beside(() => wire.all(each(count, consuming), id.basicConsumeOk, count)),
  )
  printRow('… the connection closes', await broker.beside(() => wire.close()))
  await broker.stop()
}

function* each(count, frameOf) {
  for (let channel = 1; channel <= count; channel++) yield frameOf(channel)
}
