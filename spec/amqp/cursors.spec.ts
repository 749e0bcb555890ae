import fc from 'fast-check'
import { FrameError, Undecodable } from '../../src/amqp/errors'
import { Reader } from '../../src/amqp/reader'
import { Writer } from '../../src/amqp/writer'
import { bytes as anyBytes, shortString } from './arbitraries'

function written(write: (w: Writer) => void): Buffer {
  const writer = new Writer(1)
  write(writer)
  return writer.take()
}

describe('a reader', () => {
  it('reads numbers with the highest octet first', () => {
    const r = new Reader(
      Buffer.from('ff' + 'fffe' + 'fffefdfc' + '0000000100000002' + '001fffffffffffff', 'hex'),
    )
    expect(r.octet()).toBe(0xff)
    expect(r.short()).toBe(0xfffe)
    expect(r.long()).toBe(0xfffefdfc)
    expect(r.longlong()).toBe(0x1_0000_0002)
    expect(r.timestamp()).toBe(Number.MAX_SAFE_INTEGER)
    expect(r.remaining).toBe(0)
  })

  it('keeps 64 bits exact, as a bigint only where a number is not', () => {
    const bytes = Buffer.from('ffffffffffffffff' + '0020000000000000' + '001fffffffffffff', 'hex')
    const signed = new Reader(bytes)
    expect([signed.signed64(), signed.signed64(), signed.signed64()]).toEqual([-1, 2n ** 53n, 2 ** 53 - 1])
    const unsigned = new Reader(bytes)
    expect([unsigned.unsigned64(), unsigned.unsigned64()]).toEqual([2n ** 64n - 1n, 2n ** 53n])
  })

  const reads: [string, string, (r: Reader) => unknown][] = [
    ['an octet', '01', r => r.octet()],
    ['a short', '0102', r => r.short()],
    ['a long', '01020304', r => r.long()],
    ['a longlong', '0102030405060708', r => r.longlong()],
    ['a timestamp', '0102030405060708', r => r.timestamp()],
    ['signed 64 bits', 'f102030405060708', r => r.signed64()],
    ['unsigned 64 bits', 'f102030405060708', r => r.unsigned64()],
    ['a float', '01020304', r => r.float()],
    ['a double', '0102030405060708', r => r.double()],
    ['a short string', '03616263', r => r.shortString()],
    ['a short string to skip', '03616263', r => r.skipShortString()],
    ['a lenient short string', '03616263', r => r.lenientShortString()],
    ['a long string', '00000003616263', r => r.longString()],
    ['a long string to skip', '00000003616263', r => r.skipLongString()],
    ['a table', '000000030161' + '56', r => r.table()],
    ['octets to skip', '0102', r => r.skip(2)],
  ]

  it.each(reads)('reads %s up to its end and never beyond', (_, hex, read) => {
    const field = Buffer.from(hex, 'hex')
    const surrounded = Buffer.concat([Buffer.from('xx'), field, Buffer.alloc(300, 7)])
    const r = new Reader().reset(surrounded, 2, 2 + field.length)
    read(r)
    expect(r.offset).toBe(2 + field.length)
    for (let length = 0; length < field.length; length += 1) {
      expect(() => read(new Reader(surrounded, 2, 2 + length))).toThrow(Undecodable)
    }
  })

  it('gives long strings as views, not copies', () => {
    const bytes = Buffer.from('00000001' + '61', 'hex')
    const view = new Reader(bytes).longString()
    bytes[4] = 0x62
    expect(view.toString()).toBe('b')
  })

  it.each(['ff', 'c3', 'c080', 'f5808080', '6180'])(
    'refuses the short string %s, which is not UTF-8',
    hex => {
      const text = Buffer.from(hex, 'hex')
      const r = new Reader(Buffer.concat([Buffer.from([text.length]), text]))
      expect(() => r.shortString()).toThrow(new FrameError('Malformed UTF-8 in shortstr'))
    },
  )
})

describe('a writer', () => {
  it('is read back as it was written, however often it grew', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(shortString, anyBytes, fc.maxSafeNat()), { maxLength: 20 }), items => {
        const r = new Reader(
          written(w => {
            for (const [text, bytes, number] of items) {
              w.shortString(text)
              w.longString(bytes)
              w.longlong(number)
            }
          }),
        )
        for (const [text, bytes, number] of items) {
          expect([r.shortString(), r.longString(), r.longlong()]).toEqual([text, bytes, number])
        }
        expect(r.remaining).toBe(0)
      }),
    )
  })

  it('starts again after a reset and leaves what was taken alone', () => {
    const writer = new Writer()
    writer.long(0x01020304)
    const taken = writer.take()
    writer.reset().long(0)
    expect(taken.toString('hex')).toBe('01020304')
    expect(writer.take().toString('hex')).toBe('00000000')
  })

  it('patches the size of what was written since it was reserved', () => {
    const bytes = written(w => {
      w.octet(9)
      const size = w.reserveSize()
      w.raw(Buffer.alloc(1000))
      w.patchSize(size)
    })
    expect(bytes.readUInt32BE(1)).toBe(1000)
  })

  it('writes a short string of 255 bytes and refuses one of 256', () => {
    expect(written(w => w.shortString(`x${'ä'.repeat(127)}`))).toHaveLength(256)
    expect(() => new Writer().shortString('ä'.repeat(128))).toThrow('short string of 256 bytes')
  })

  it.each([-1, 0.5, 2 ** 53, Number.NaN])('refuses %d as an unsigned 64-bit number', value => {
    expect(() => new Writer().longlong(value)).toThrow('not an unsigned integer')
  })

  it.each([
    ['octet', 256],
    ['octet', -1],
    ['short', 65536],
    ['long', 2 ** 32],
  ] as const)('refuses %s %d', (kind, value) => {
    expect(() => new Writer()[kind](value)).toThrow(/out of range/)
  })
})
