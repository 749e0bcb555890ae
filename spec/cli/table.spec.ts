import { stripVTControlCharacters } from 'node:util'
import type { Json } from '../../src/cli/json'
import { cellText, lookOf, type TableLook, TablePrinter } from '../../src/cli/table'

const pipe: TableLook = { width: undefined, bold: false }

async function drawn(titles: readonly string[], rows: readonly Json[][], look = pipe): Promise<string> {
  let text = ''
  const printer = new TablePrinter(titles, look, async part => {
    text += String(part)
  })
  for (const row of rows) await printer.add(row)
  await printer.flush()
  return text
}

describe('a table', () => {
  it('has its columns aligned, numbers to the right, and no lines', async () => {
    expect(
      await drawn(
        ['name', 'ready', 'durable'],
        [
          ['orders', 5, true],
          ['a', 12345, false],
        ],
      ),
    ).toBe('name    ready  durable\norders      5  yes\na       12345\n')
  })

  it('has its head also when there is nothing in it', async () => {
    expect(await drawn(['name', 'ready'], [])).toBe('name  ready\n')
  })

  it('is not cut in a pipe', async () => {
    const long = 'x'.repeat(500)
    expect(await drawn(['name', 'n'], [[long, 1]])).toContain(long)
  })

  it('is cut to a terminal, the widest texts first and numbers never', async () => {
    const text = await drawn(['name', 'short', 'count'], [['x'.repeat(100), 'abc', 1234567890]], {
      width: 40,
      bold: false,
    })
    const [, row = ''] = text.split('\n')
    expect(row).toHaveLength(40)
    expect(row).toMatch(/^x{20}… {2}abc {4}1234567890$/)
  })

  it('keeps its columns over batches', async () => {
    const rows: Json[][] = Array.from({ length: 2500 }, (_, at) => [`q${at}`, at])
    const lines = (await drawn(['name', 'ready'], rows)).trimEnd().split('\n')
    expect(lines).toHaveLength(2501)
    expect(lines.slice(1001).every(line => line.length === lines[1001]?.length)).toBe(true)
    expect(lines.at(-1)).toMatch(/^q2499 +2499$/)
  })

  it('shows no control characters of names', async () => {
    expect(await drawn(['name'], [['a\u001b[2Jb\nc\u202ed']])).toBe('name\na\\u001b[2Jb\\u000ac\\u202ed\n')
  })

  it('has a bold head at a terminal, and a plain one with NO_COLOR', async () => {
    const terminal = { isTTY: true, columns: 80 } as NodeJS.WriteStream
    expect(lookOf(terminal, {})).toEqual({ width: 80, bold: true })
    expect(lookOf(terminal, { NO_COLOR: '1' })).toEqual({ width: 80, bold: false })
    expect(lookOf({ isTTY: false } as NodeJS.WriteStream, {})).toEqual({ width: undefined, bold: false })
    const bold = await drawn(['name', 'n'], [['a', 1]], { width: 80, bold: true })
    expect(bold).toContain('\u001b[1mname')
    expect(stripVTControlCharacters(bold)).toBe('name  n\na     1\n')
  })
})

describe('a cell', () => {
  it.each<[Json | undefined, string]>([
    [undefined, ''],
    [null, ''],
    [false, ''],
    [true, 'yes'],
    [0, '0'],
    [12.345, '12.3'],
    [['a', 'b'], 'a, b'],
    [{}, ''],
    [{ 'max-length': 3 }, '{"max-length":3}'],
  ])('shows %j as %j', (value, text) => {
    expect(cellText(value)).toBe(text)
  })
})
