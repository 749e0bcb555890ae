/** What a binding may point to. Exchanges yield destinations by kind and name and know nothing more of queues. */
export interface Destination {
  readonly kind: 'queue' | 'exchange'
  readonly name: string
  /** Of a queue, where it is known; its type is `classic` or `quorum`. */
  readonly options?: { readonly type: string }
}
