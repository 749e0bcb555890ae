// npx jest --config examples/testing/nestjs/jest.config.js
import 'reflect-metadata'
import type { INestMicroservice } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { type ClientProxy, ClientProxyFactory, Transport } from '@nestjs/microservices'
import amqplib from 'amqplib'
import { brokerExpectations, TestBroker } from 'leveret/testing'
import { filter, firstValueFrom } from 'rxjs'
import { Bank, BillingModule, type Order, orders } from './billing'

expect.extend(brokerExpectations)

let broker: TestBroker
let service: INestMicroservice
let shop: ClientProxy
let bank: Bank

beforeAll(async () => {
  broker = await TestBroker.start({ transport: 'in-process' }) // no port: Nest connects as it is
})

beforeEach(async () => {
  await broker.reset()
  await assertDeadLetters()
  const options = orders(broker.url)
  service = await NestFactory.createMicroservice(BillingModule, {
    transport: Transport.RMQ,
    options: { ...options, noAck: false, prefetchCount: 1 },
    logger: false,
  })
  await service.listen()
  bank = service.get(Bank)
  shop = ClientProxyFactory.create({ transport: Transport.RMQ, options })
})

afterEach(async () => {
  await shop.close()
  await service.close()
})

afterAll(async () => {
  await broker.reset()
  await broker.stop({ failOnLeaks: true })
})

/** In production operators have declared it. */
async function assertDeadLetters(): Promise<void> {
  const connection = await amqplib.connect(broker.url)
  await (await connection.createChannel()).assertQueue('orders.dead')
  await connection.close()
}

const order: Order = { id: 7, price: 5, count: 3 }
const isLost = (status: string) => status === 'disconnected'
const cost = () => firstValueFrom(shop.send<number>('order.cost', order))

test('answers what an order costs', async () => {
  expect(await cost()).toBe(15)
})

test('charges for an order that was placed', async () => {
  await firstValueFrom(shop.emit('order.placed', order))
  await broker.settled()
  expect(bank.charged).toEqual([order])
})

test('tries once more when the bank fails', async () => {
  jest.spyOn(bank, 'charge').mockRejectedValueOnce(new Error('the bank is closed'))
  await firstValueFrom(shop.emit('order.placed', order))
  await broker.settled()
  expect(bank.charged).toEqual([order])
  const [placed] = broker.published({ json: { pattern: 'order.placed' } })
  const steps = placed?.journey.steps.map(step => step.kind)
  expect(steps?.slice(-4)).toEqual(['delivered', 'requeued', 'delivered', 'acked'])
})

test('puts aside what it cannot charge for', async () => {
  jest.spyOn(bank, 'charge').mockRejectedValue(new Error('the bank is gone'))
  await firstValueFrom(shop.emit('order.placed', order))
  const { journey } = await broker.waitForMessage({ queue: 'orders.dead' })
  expect(journey.steps.filter(step => step.kind === 'delivered')).toHaveLength(2)
})

test('works on after the connections are lost and the first ones are refused', async () => {
  expect(await cost()).toBe(15)
  const refusals = broker.faults.refuseConnections({ times: 2 })
  const lost = Promise.all([service, shop].map(side => firstValueFrom(side.status.pipe(filter(isLost)))))
  expect(broker.faults.dropConnections()).toBe(2)
  await lost
  await broker.waitForConsumer('orders')
  expect(await cost()).toBe(15)
  expect(refusals.struck).toBe(2)
})
