import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { environmentOf, flagOf } from '../../src/config/option-spec'
import { optionKeys } from '../../src/config/options'
import { optionsReference } from '../../src/config/reference'

describe('the options reference', () => {
  it('is what the table says; `node dist/config/reference.js` writes it anew', () => {
    const page = readFileSync(join(__dirname, '../../docs/reference/options.md'), 'utf8')
    expect(page).toBe(optionsReference())
  })

  it.each(optionKeys)('has %s with its flag and variable', key => {
    const page = optionsReference()
    expect(page).toContain(`### ${key}\n`)
    expect(page).toContain(`| \`${flagOf(key)}\` | \`${environmentOf(key)}\``)
  })

  it('tells the two defaults of the log level', () => {
    expect(optionsReference()).toContain('`info`; `warn` for `createBroker`')
  })
})
