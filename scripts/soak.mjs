/**
 * `npm run soak -- --minutes N [--seed S] [--rate R]`: hours of mixed load on brokers (from dist/) that are killed and
 * started again, and a ledger of it; see docs/soak.md.
 */
import { loadTyped } from './typed.mjs'

await loadTyped('spec', 'soak', 'main.ts').main(process.argv.slice(2))
