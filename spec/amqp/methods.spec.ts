import fc from 'fast-check'
import { FrameError, UnknownMethod } from '../../src/amqp/errors'
import * as methods from '../../src/amqp/methods'
import { type ProtocolField, type ProtocolMethod, protocolMethods } from '../../src/amqp/protocol'
import { Reader } from '../../src/amqp/reader'
import { fieldTable, type PlainTable, toPlain } from '../../src/amqp/table'
import { Writer } from '../../src/amqp/writer'
import { amqplibCodec, amqplibMethod } from './amqplib-codec'
import { fieldTable as anyTable, fieldOf, plainTable } from './arbitraries'

const { MethodId, readMethod } = methods

type MethodClass = new (...fields: unknown[]) => methods.Method
const classes = methods as unknown as Record<string, MethodClass> // the classes are found by their names here

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function create(method: ProtocolMethod, fields: readonly unknown[]): methods.Method {
  const name = camelCase(`-${method.className}-${method.name}`)
  const methodClass = classes[name]
  if (methodClass === undefined) throw new Error(`no class ${name}`)
  return new methodClass(...fields)
}

function encode(method: methods.Method): Buffer {
  const writer = new Writer()
  method.write(writer)
  return writer.take()
}

function decode(bytes: Buffer): methods.Method {
  return readMethod(new Reader(bytes))
}

function isVisible(field: ProtocolField): boolean {
  return !field.name.startsWith('reserved-')
}

/** The fields a method may have, reserved ones included with what is written for them. */
function anyFields(method: ProtocolMethod, table: fc.Arbitrary<unknown>): fc.Arbitrary<unknown[]> {
  const zeros = {
    bit: false,
    octet: 0,
    short: 0,
    long: 0,
    longlong: 0,
    shortstr: '',
    longstr: Buffer.alloc(0),
    table: {},
  }
  return fc.tuple(
    ...method.fields.map(field =>
      isVisible(field) ? fieldOf(field.domain, table) : fc.constant(zeros[field.domain]),
    ),
  )
}

function visibleFields(method: ProtocolMethod, fields: readonly unknown[]): unknown[] {
  return fields.filter((_, index) => isVisible(method.fields[index] as ProtocolField))
}

const all = protocolMethods()
const named = (list: readonly ProtocolMethod[]) =>
  list.map(method => [`${method.className}.${method.name}`, method] as const)

describe.each(named(all))('%s', (_, method) => {
  it('comes back from its bytes as it was written', () => {
    fc.assert(
      fc.property(anyFields(method, anyTable), fields => {
        const sent = create(method, visibleFields(method, fields))
        expect(sent.id).toBe(method.id)
        expect(decode(encode(sent))).toStrictEqual(sent)
      }),
      { numRuns: 50 },
    )
  })

  it('is a frame error wherever its arguments are cut off', () => {
    fc.assert(
      fc.property(anyFields(method, anyTable), fields => {
        const bytes = encode(create(method, visibleFields(method, fields)))
        for (let length = 0; length < bytes.length; length += 1) {
          expect(() => readMethod(new Reader(bytes, 0, length))).toThrow(FrameError)
        }
      }),
      { numRuns: 5 },
    )
  })
})

describe.each(named(all))('%s, beside amqplib,', (_, method) => {
  const theirs = amqplibCodec.info(method.id).args

  function theirFields(fields: readonly unknown[]): Record<string, unknown> {
    return Object.fromEntries(theirs.map((field, index) => [field.name, fields[index]]))
  }

  it('has fields of the same domains in the same order', () => {
    expect(method.fields.map(field => field.domain)).toEqual(theirs.map(field => field.type))
  })

  it('is read there as it is written here', () => {
    fc.assert(
      fc.property(anyFields(method, plainTable), fields => {
        const ours = fields.map((field, index) =>
          method.fields[index]?.domain === 'table' ? fieldTable(field as PlainTable) : field,
        )
        const bytes = encode(create(method, visibleFields(method, ours)))
        expect(bytes.readUInt32BE(0)).toBe(method.id)
        expect(amqplibCodec.decode(method.id, bytes.subarray(4))).toEqual(theirFields(fields))
      }),
      { numRuns: 30 },
    )
  })

  it('is read here as it is written there', () => {
    fc.assert(
      fc.property(anyFields(method, plainTable), fields => {
        const read: object = decode(
          Buffer.concat([idOf(method), amqplibMethod(method.id, theirFields(fields)).subarray(4)]),
        )
        const values = method.fields
          .filter(isVisible)
          .map(field => (read as Record<string, unknown>)[camelCase(field.name)])
          .map(value => (value instanceof Map ? { ...toPlain(value) } : value))
        expect(JSON.stringify(values)).toEqual(JSON.stringify(visibleFields(method, fields)))
      }),
      { numRuns: 30 },
    )
  })
})

function idOf(method: ProtocolMethod): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(method.id)
  return bytes
}

describe('the table of methods', () => {
  it('has the 66 methods of AMQP 0-9-1 and RabbitMQ, each id once', () => {
    expect(all).toHaveLength(66)
    expect(new Set(all.map(method => method.id)).size).toBe(66)
    expect(Object.keys(MethodId)).toHaveLength(66)
  })

  it('names methods as the specification does', () => {
    expect(methods.methodName(MethodId.queueDeclare)).toBe('queue.declare')
    expect(methods.methodName(MethodId.basicRecoverAsync)).toBe('basic.recover-async')
    expect(methods.methodName((60 << 16) | 99)).toBe('60.99')
    for (const method of all) expect(methods.methodName(method.id)).toBe(`${method.className}.${method.name}`)
  })

  it('knows which methods content follows', () => {
    const withContent = all.filter(method => methods.carriesContent(method.id)).map(method => method.name)
    expect(withContent).toEqual(['publish', 'return', 'deliver', 'get-ok'])
  })

  it('knows what only a server may send', () => {
    expect(methods.isServerMethodOnly(MethodId.basicDeliver)).toBe(true)
    expect(methods.isServerMethodOnly(MethodId.connectionStart)).toBe(true)
    for (const id of [
      MethodId.basicAck,
      MethodId.basicCancelOk,
      MethodId.channelFlow,
      MethodId.connectionClose,
      MethodId.basicPublish,
    ]) {
      expect(methods.isServerMethodOnly(id)).toBe(false)
    }
  })
})

describe('reading a method', () => {
  it('packs and unpacks bits from the lowest up', () => {
    const bytes = encode(new methods.QueueDeclare('q', false, true, false, true, false, new Map()))
    expect(bytes.toString('hex')).toBe('0032000a' + '0000' + '0171' + '0a' + '00000000')
    expect(decode(bytes)).toMatchObject({
      passive: false,
      durable: true,
      exclusive: false,
      autoDelete: true,
      noWait: false,
    })
  })

  it('writes what RabbitMQ writes', () => {
    expect(encode(new methods.BasicPublish('amq.topic', 'a.b', true, false)).toString('hex')).toBe(
      `003c00280000${'09616d712e746f706963'}${'03612e62'}01`,
    )
    expect(encode(new methods.BasicAck(0x1_0000_0002, true)).toString('hex')).toBe(
      '003c0050000000010000000201',
    )
  })

  it('passes over reserved fields whatever they hold', () => {
    const open = Buffer.from('000a0028' + '012f' + '03616263' + '01', 'hex')
    expect(decode(open)).toStrictEqual(new methods.ConnectionOpen('/'))
  })

  it('refuses octets behind the arguments', () => {
    const get = Buffer.concat([encode(new methods.BasicGet('q', true)), Buffer.from('xyz')])
    expect(() => decode(get)).toThrow(new FrameError('cannot decode <<0,0,1,113,1,120,121,122>>'))
  })

  it('shows the arguments it cannot decode, as RabbitMQ does', () => {
    const qos = Buffer.from('003c000a' + '000000000000', 'hex')
    expect(() => decode(qos)).toThrow(new FrameError('cannot decode <<0,0,0,0,0,0>>'))
    const unbind = Buffer.from('00320032' + '0000' + '000000' + '00000003' + '01615a', 'hex')
    expect(() => decode(unbind)).toThrow(new FrameError('cannot decode <<0,0,0,0,0,0,0,0,3,1,97,90>>'))
  })

  it('names the method whose arguments cannot be decoded, but not for malformed text', () => {
    expect(thrown(() => decode(Buffer.from('003c000a00', 'hex')))).toMatchObject({
      methodId: MethodId.basicQos,
    })
    expect(thrown(() => decode(Buffer.from('003c0046000001ff00', 'hex')))).toMatchObject({ methodId: 0 })
  })

  it('shows as many octets as a reply text can hold', () => {
    const bytes = Buffer.concat([idOf(all[0] as ProtocolMethod), Buffer.alloc(500, 200)])
    const error = thrown(() => decode(bytes))
    expect(error).toBeInstanceOf(FrameError)
    expect((error as FrameError).replyText).toMatch(/^FRAME_ERROR - cannot decode <<200,200,.*\.\.\.$/)
    expect((error as FrameError).replyText).toHaveLength(255)
  })

  it('refuses short strings that are not UTF-8', () => {
    const get = Buffer.from('003c0046' + '0000' + '01ff' + '00', 'hex')
    expect(() => decode(get)).toThrow(new FrameError('Malformed UTF-8 in shortstr'))
  })

  it('knows a method that does not exist by its numbers', () => {
    const error = thrown(() => decode(Buffer.from('003c0063ffff', 'hex')))
    expect(error).toBeInstanceOf(UnknownMethod)
    expect(error).toMatchObject({
      methodId: (60 << 16) | 99,
      closes: 'connection',
      message: 'unknown method 60.99',
    })
    expect(() => decode(Buffer.from('ffffffff', 'hex'))).toThrow('unknown method 65535.65535')
  })

  it('never throws anything but typed errors, whatever it reads', () => {
    const ids = fc.constantFrom(...all)
    fc.assert(
      fc.property(ids, fc.uint8Array({ maxLength: 60 }), (method, noise) => {
        const error = thrown(() => decode(Buffer.concat([idOf(method), noise])))
        expect(error === undefined || error instanceof FrameError).toBe(true)
      }),
      { numRuns: 3000 },
    )
  })
})

function thrown(run: () => unknown): unknown {
  try {
    run()
    return undefined
  } catch (error) {
    return error
  }
}
