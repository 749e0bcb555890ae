import fc from 'fast-check'
import { loginRefusedText, SaslMechanisms } from '../../src/server/sasl'

function parse(mechanism: string, response: string | Buffer) {
  const found = new SaslMechanisms().find(mechanism)
  if (found === undefined) throw new Error(`no ${mechanism}`)
  return found.parse(Buffer.from(response))
}

function credentials(user: string, password: string) {
  return { kind: 'password', user, password: Buffer.from(password) }
}

/** One field of a table: name, type letter, and value as a long string. */
function field(name: string, value: string, type = 'S'): Buffer {
  const size = Buffer.alloc(4)
  size.writeUInt32BE(Buffer.byteLength(value))
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name + type), size, Buffer.from(value)])
}

const LOGIN = field('LOGIN', 'guest')
const PASSWORD = field('PASSWORD', 'secret')
const FLAG = Buffer.concat([Buffer.from([1]), Buffer.from('ft\x01')])

describe('SASL mechanisms', () => {
  it('are announced in one string, in this order', () => {
    expect(new SaslMechanisms().announced()).toBe('PLAIN AMQPLAIN ANONYMOUS')
  })

  it('are those that were asked for', () => {
    const some = new SaslMechanisms(['PLAIN', 'AMQPLAIN'])
    expect(some.announced()).toBe('PLAIN AMQPLAIN')
    expect([some.find('AMQPLAIN')?.name, some.find('ANONYMOUS')]).toEqual(['AMQPLAIN', undefined])
  })

  it.each(['', 'plain', 'PLAIN ', 'EXTERNAL', 'toString'])('do not include %j', name => {
    expect(new SaslMechanisms().find(name)).toBeUndefined()
  })

  it('that nobody knows cannot be offered', () => {
    expect(() => new SaslMechanisms(['SCRAM'])).toThrow("unknown authentication mechanism 'SCRAM'")
  })

  it('are named in the one text a refused peer hears', () => {
    expect(loginRefusedText('PLAIN')).toBe(
      'Login was refused using authentication mechanism PLAIN. For details see the broker logfile.',
    )
  })
})

describe('a PLAIN response', () => {
  // Every one of these was sent to RabbitMQ 3.10.8, which dropped the connection without a frame.
  it.each([
    '',
    '\0',
    'guest',
    '\0guest',
    'guest\0secret',
    'me\0guest\0secret',
    '\0guest\0secret\0',
    '\0guest\0secret\0x',
  ])('%j is malformed', response => {
    const reason = `PLAIN response of ${response.length} bytes invalid`
    expect(parse('PLAIN', response)).toEqual({ kind: 'malformed', reason })
  })

  it.each([
    ['\0guest\0secret', 'guest', 'secret'],
    ['\0guest\0', 'guest', ''],
    ['\0\0secret', '', 'secret'],
    ['\0\0', '', ''],
    ['\0üser\0pässword', 'üser', 'pässword'],
  ])('%j is user and password', (response, user, password) => {
    expect(parse('PLAIN', response)).toEqual(credentials(user, password))
  })

  it('keeps the bytes of a password that is no text', () => {
    const response = Buffer.from([0, 0x75, 0, 0xff, 0xfe])
    expect(parse('PLAIN', response)).toMatchObject({ user: 'u', password: Buffer.from([0xff, 0xfe]) })
  })

  it('of any user and password without NUL comes back whole', () => {
    const text = fc.string({ unit: 'grapheme' }).filter(s => !s.includes('\0'))
    fc.assert(
      fc.property(text, text, (user, password) => {
        expect(parse('PLAIN', `\0${user}\0${password}`)).toEqual(credentials(user, password))
      }),
    )
  })
})

describe('an AMQPLAIN response', () => {
  it.each([
    ['LOGIN and PASSWORD', [LOGIN, PASSWORD]],
    ['the other order', [PASSWORD, LOGIN]],
    ['more fields', [FLAG, LOGIN, field('X', 'y'), PASSWORD]],
    ['bytes for text', [field('LOGIN', 'guest', 'x'), field('PASSWORD', 'secret', 'x')]],
    ['a second LOGIN, which is ignored', [LOGIN, field('LOGIN', 'other'), PASSWORD]],
  ])('with %s is user and password', (_, fields) => {
    expect(parse('AMQPLAIN', Buffer.concat(fields))).toEqual(credentials('guest', 'secret'))
  })

  const whole = Buffer.concat([LOGIN, PASSWORD])
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['no PASSWORD', LOGIN],
    ['no LOGIN', PASSWORD],
    ['names in lower case', Buffer.concat([field('login', 'guest'), field('password', 'secret')])],
    ['its size in front', Buffer.concat([Buffer.from([0, 0, 0, whole.length]), whole])],
    ['no table', Buffer.from('\x05abc')],
    ['a type nobody knows', Buffer.concat([LOGIN, field('PASSWORD', 'secret', '?')])],
    ['a login that is a number', Buffer.concat([Buffer.from('\x05LOGINI\0\0\0\x01'), PASSWORD])],
  ])('with %s is malformed', (_, response) => {
    const reason = `AMQPLAIN response of ${response.length} bytes invalid`
    expect(parse('AMQPLAIN', response)).toEqual({ kind: 'malformed', reason })
  })

  it('cut anywhere is malformed', () => {
    for (let end = 0; end < whole.length; end++) {
      expect(parse('AMQPLAIN', whole.subarray(0, end))).toMatchObject({ kind: 'malformed' })
    }
  })
})

describe('an ANONYMOUS response', () => {
  it.each(['', 'me@example.com', '\0\0\0'])('%j says nothing that counts', response => {
    expect(parse('ANONYMOUS', response)).toEqual({ kind: 'anonymous' })
  })
})

it('no response, whatever its bytes, is quoted in a reason or throws', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('PLAIN', 'AMQPLAIN'),
      fc.uint8Array({ maxLength: 60 }),
      (mechanism, bytes) => {
        const outcome = parse(mechanism, Buffer.from(bytes))
        if (outcome.kind === 'malformed') {
          expect(outcome.reason).toBe(`${mechanism} response of ${bytes.length} bytes invalid`)
        }
      },
    ),
  )
})
