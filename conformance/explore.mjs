/**
 * `node conformance/explore.mjs --against amqp://… [--management http://…] [--seed N] [--programs N]`: random programs,
 * step by step on RabbitMQ and on Leveret from dist; see explore/.
 */
import { loadTyped } from '../scripts/typed.mjs'

await loadTyped('conformance', 'explore', 'main.ts').main(process.argv.slice(2))
