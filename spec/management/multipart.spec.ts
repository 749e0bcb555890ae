/** Forms as browsers send them, and as nobody does. */
import { multipartFields } from '../../src/management/multipart'

const CONTENT_TYPE = 'multipart/form-data; boundary=b'

function part(name: string, value: string, more = ''): string {
  return `--b\r\nContent-Disposition: form-data${more}; name="${name}"\r\n\r\n${value}\r\n`
}

function fields(body: string): Record<string, string> {
  const found = multipartFields(CONTENT_TYPE, Buffer.from(`${body}--b--\r\n`))
  return Object.fromEntries([...found].map(([name, value]) => [name, value.toString()]))
}

describe('a form', () => {
  it('has its fields', () => {
    expect(fields(part('file', '{}', '; filename="f.json"') + part('to', ''))).toEqual({ file: '{}', to: '' })
  })

  it('of thousands of parts is looked at no further than forms go', () => {
    const parts = Array.from({ length: 5000 }, (_, index) => part(String(index), ''))
    expect(Object.keys(fields(parts.join('')))).toHaveLength(32)
  })

  it('has no field behind headers that do not end', () => {
    expect(fields(part('file', '', 'content-disposition: ;'.repeat(100)))).toEqual({})
  })
})
