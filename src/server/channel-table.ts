/** The open channels of a connection by number. Remembers the last one asked for: frames come in runs. */
import type { Channel } from '../channel/channel'

export class ChannelTable {
  private readonly byNumber = new Map<number, Channel>()
  private last: Channel | undefined

  get size(): number {
    return this.byNumber.size
  }

  find(number: number): Channel | undefined {
    if (this.last !== undefined && this.last.number === number) return this.last
    this.last = this.byNumber.get(number)
    return this.last
  }

  add(channel: Channel): void {
    this.byNumber.set(channel.number, channel)
  }

  remove(channel: Channel): void {
    this.byNumber.delete(channel.number)
    this.last = undefined
  }

  clear(): void {
    this.byNumber.clear()
    this.last = undefined
  }

  [Symbol.iterator](): IterableIterator<Channel> {
    return this.byNumber.values()
  }
}
