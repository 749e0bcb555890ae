/**
 * `npm run simulate -- [--seed N] [--seeds N] [--minutes N]`: whole brokers, clients and disks on seeds, one after the
 * other; see spec/simulation.
 */
import { loadTyped } from './typed.mjs'

loadTyped('spec', 'simulation', 'main.ts').main(process.argv.slice(2))
