/**
 * `npm run crash -- --rounds N [--seed S] [--power-cut]`: kills brokers (from dist/) and checks what is left of what they
 * promised; see docs/crash-safety.md.
 */
import { loadTyped } from './typed.mjs'

await loadTyped('spec', 'crash', 'main.ts').main(process.argv.slice(2))
