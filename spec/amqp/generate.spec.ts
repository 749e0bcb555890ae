import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generatedFiles } from '../../src/amqp/generate'
import { ReplyCode, replyCodeName } from '../../src/amqp/reply-codes'

describe('the generated files', () => {
  it.each([...generatedFiles()])('%s is what the protocol table says', (name, text) => {
    const committed = readFileSync(join(__dirname, '../../src/amqp', name), 'utf8')
    expect(committed === text ? 'fresh' : 'stale: run node dist/amqp/generate.js').toBe('fresh')
  })
})

describe('reply codes', () => {
  it('are named in reply texts as RabbitMQ names them', () => {
    expect(replyCodeName(ReplyCode.notFound)).toBe('NOT_FOUND')
    expect(replyCodeName(ReplyCode.preconditionFailed)).toBe('PRECONDITION_FAILED')
    expect(replyCodeName(ReplyCode.connectionForced)).toBe('CONNECTION_FORCED')
  })

  it('are shown as numbers when they have no name', () => {
    expect(replyCodeName(599)).toBe('599')
  })
})
