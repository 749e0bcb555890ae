/**
 * What a server chooses by itself, names of queues and consumer tags, stands in programs and in what is compared as `$17`:
 * chosen for step 17.
 */
export class Names {
  private readonly chosen = new Map<string, string>()

  /** The server chose this for that step. */
  learn(id: number, real: string): void {
    this.chosen.set(`$${id}`, real)
  }

  /** Of a step: what the server chose in the place of `$17`, anywhere in its fields. */
  toReal<T>(fields: T): T {
    if (typeof fields === 'string') return (this.chosen.get(fields) ?? fields) as T
    if (Array.isArray(fields)) return fields.map(each => this.toReal(each)) as T
    if (typeof fields !== 'object' || fields === null || Buffer.isBuffer(fields)) return fields
    return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, this.toReal(value)])) as T
  }

  /** Of a text that was heard. */
  toSymbol(text: string): string {
    for (const [symbol, real] of this.chosen) text = text.replaceAll(real, symbol)
    return text
      .replace(/amq\.(gen|ctag)-[\w-]{22}/g, 'amq.$1-some')
      .replace(/amq\.rabbitmq\.reply-to\.[\w+/=.-]+/g, 'amq.rabbitmq.reply-to.some')
  }
}
