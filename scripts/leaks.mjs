/**
 * `npm run leaks -- [--times N] [--only TEXT]`: lets everything come and go on a broker (from dist/), many times, and looks
 * into its heap for what stayed; see docs/soak.md.
 */
import { loadTyped } from './typed.mjs'

await loadTyped('spec', 'leaks', 'main.ts').main(process.argv.slice(2))
