// A NestJS microservice over RabbitMQ: answers what an order costs, and bills orders that were placed.
import { Controller, Inject, Injectable, Module } from '@nestjs/common'
import { Ctx, EventPattern, MessagePattern, Payload, RmqContext } from '@nestjs/microservices'

export interface Order {
  readonly id: number
  readonly price: number
  readonly count: number
}

/** Who takes the money; a test has its own. */
@Injectable()
export class Bank {
  readonly charged: Order[] = []

  async charge(order: Order): Promise<void> {
    this.charged.push(order)
  }
}

@Controller()
export class Billing {
  @Inject(Bank) private readonly bank!: Bank

  @MessagePattern('order.cost')
  cost(@Payload() { price, count }: Order, @Ctx() context: RmqContext): number {
    context.getChannelRef().ack(context.getMessage())
    return price * count
  }

  @EventPattern('order.placed')
  async placed(@Payload() order: Order, @Ctx() context: RmqContext): Promise<void> {
    const channel = context.getChannelRef()
    const message = context.getMessage()
    try {
      await this.bank.charge(order)
      channel.ack(message)
    } catch {
      // Once more, and then it is put aside.
      channel.nack(message, false, !message.fields.redelivered)
    }
  }
}

@Module({ controllers: [Billing], providers: [Bank] })
export class BillingModule {}

/** What the service and its clients agree on. */
export const orders = (url: string) => ({
  urls: [url],
  queue: 'orders',
  queueOptions: {
    durable: true,
    deadLetterExchange: '',
    deadLetterRoutingKey: 'orders.dead',
  },
  socketOptions: { reconnectTimeInSeconds: 0.05 },
})
