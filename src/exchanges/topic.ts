/** A topic exchange: binding keys are patterns over the words of the routing key, kept in a trie. */
import type { Binding } from './binding'
import type { Destination } from './destination'
import { Exchange } from './exchange'
import type { RoutedMessage } from './routed-message'
import { TopicTrie } from './topic-trie'
import { whyTopic } from './topic-why'
import type { Verdict } from './verdict'

export class TopicExchange extends Exchange {
  override readonly type = 'topic'
  private readonly trie = new TopicTrie()

  override get visits(): number {
    return this.trie.visits
  }

  override match(routingKey: string, _message: RoutedMessage, into: Set<Destination>): void {
    this.trie.match(routingKey, into)
  }

  override why({ routingKey }: Binding, routingKeys: readonly string[]): Verdict {
    return whyTopic(routingKey, routingKeys)
  }

  protected override bound(binding: Binding): void {
    this.trie.insert(binding)
  }

  protected override unbound(binding: Binding): void {
    this.trie.remove(binding)
  }
}
