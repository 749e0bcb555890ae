import * as frames from '../../src/load/frames'

/** Spaces and line breaks are for the reader. */
function hex(text: string): string {
  return text.replace(/\s/g, '')
}

function image(size: number, options: { persistent?: boolean; frameMax?: number } = {}): frames.PublishImage {
  return frames.publishImage('x', 'key', size, options.persistent ?? false, options.frameMax ?? 131072)
}

describe('the frames of the load generator', () => {
  it('are, for one publish, basic.publish, header and body', () => {
    const { bytes, bodyAt } = image(9)
    expect(bytes.toString('hex')).toBe(
      hex(`01 0001 0000000d 003c0028 0000 0178 036b6579 00 ce
           02 0001 0000000e 003c 0000 0000000000000009 0000 ce
           03 0001 00000009 000000000000000078 ce`),
    )
    expect(bytes[bodyAt + 8]).toBe('x'.charCodeAt(0))
    expect(bytes[bodyAt - 1]).toBe(9)
  })

  it('say when the message is persistent', () => {
    expect(image(1, { persistent: true }).bytes.toString('hex')).toContain(hex('0000000000000001 1000 02 ce'))
  })

  it('have no body frame when there is no body', () => {
    expect(image(0).bytes.toString('hex')).toMatch(/00000000000000000000ce$/)
  })

  it.each([
    [4088, 1],
    [4089, 2],
    [8176, 2],
    [8177, 3],
  ])('cut a body of %d bytes into %d frames of 4096', (size, expected) => {
    const { bytes, bodyAt } = image(size, { frameMax: 4096 })
    const sizes: number[] = []
    for (let at = bodyAt - 7; at < bytes.length; at += bytes.readUInt32BE(at + 3) + 8) {
      expect(bytes[at]).toBe(frames.frameType.body)
      sizes.push(bytes.readUInt32BE(at + 3))
    }
    expect(sizes).toHaveLength(expected)
    expect(sizes.reduce((sum, part) => sum + part, 0)).toBe(size)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4096 - 8)
  })

  it('acknowledge in place', () => {
    const into = Buffer.alloc(2 + frames.ACK_BYTES)
    frames.writeAck(into, 2, 0x1_0000_0002, true)
    expect(into.toString('hex')).toBe(hex('0000 01 0001 0000000d 003c0050 0000000100000002 01 ce'))
  })

  it('log in with PLAIN', () => {
    expect(frames.startOk('anna', 'b').toString('latin1')).toContain(
      '\x05PLAIN\x00\x00\x00\x07\0anna\0b\x05en_US',
    )
  })

  it('declare a queue with its type', () => {
    expect(frames.queueDeclare('q', true, 'quorum').toString('hex')).toBe(
      hex(`01 0001 00000025 0032000a 0000 0171 02 00000018
           0c${Buffer.from('x-queue-type').toString('hex')} 53 00000006 ${Buffer.from('quorum').toString('hex')} ce`),
    )
  })
})
