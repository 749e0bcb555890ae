/** What a command is told of its broker. */
import { type BrokerAddress, environmentFor, variables } from '../../src/exec/environment'

const address: BrokerAddress = {
  host: '127.0.0.1',
  port: 40123,
  user: 'ada',
  password: 'secret',
  vhost: 'shop',
  url: 'amqp://ada:secret@127.0.0.1:40123/shop',
  managementUrl: 'http://127.0.0.1:40124',
}

describe('the environment of a command', () => {
  it('has the broker under the names that clients and frameworks look for', () => {
    expect(environmentFor(address, { PATH: '/bin', AMQP_URL: 'amqp://production' })).toEqual({
      PATH: '/bin',
      AMQP_URL: address.url,
      RABBITMQ_URL: address.url,
      CLOUDAMQP_URL: address.url,
      CELERY_BROKER_URL: address.url,
      RABBITMQ_HOST: '127.0.0.1',
      SPRING_RABBITMQ_HOST: '127.0.0.1',
      RABBITMQ_PORT: '40123',
      SPRING_RABBITMQ_PORT: '40123',
      RABBITMQ_USER: 'ada',
      RABBITMQ_USERNAME: 'ada',
      SPRING_RABBITMQ_USERNAME: 'ada',
      LEVERET_USER: 'ada',
      RABBITMQ_PASSWORD: 'secret',
      RABBITMQ_PASS: 'secret',
      SPRING_RABBITMQ_PASSWORD: 'secret',
      LEVERET_PASSWORD: 'secret',
      RABBITMQ_VHOST: 'shop',
      SPRING_RABBITMQ_VIRTUALHOST: 'shop',
      LEVERET_VHOST: 'shop',
      RABBITMQ_MANAGEMENT_URL: 'http://127.0.0.1:40124',
      LEVERET_URL: 'http://127.0.0.1:40124',
      LEVERET_MANAGEMENT_URL: 'http://127.0.0.1:40124',
      RABBITMQ_MANAGEMENT_PORT: '40124',
    })
  })

  it('leads to no other broker where there is no management', () => {
    const elsewhere = { RABBITMQ_MANAGEMENT_URL: 'http://production', LEVERET_URL: 'http://production' }
    const environment = environmentFor({ ...address, managementUrl: undefined }, elsewhere)
    expect(Object.keys(environment).filter(name => /MANAGEMENT|LEVERET_URL/.test(name))).toEqual([])
  })

  it('has no name twice', () => {
    const names = variables.flatMap(variable => variable.names)
    expect([...new Set(names)]).toEqual(names)
  })
})
