/** Where the two are meant to differ (differences.md): each as narrow as it can be told. A program ends there. */
import type { Step } from './step'

interface Known {
  readonly name: string
  /** The texts are all that one side said and the other did not; the lines, all that the oracle said. */
  readonly is: (step: Step, oracle: string, ours: string, lines: readonly string[]) => boolean
}

const all: readonly Known[] = [
  {
    name: 'exchange.declare of an unknown type',
    is: ({ method }, oracle, ours) =>
      method === 'exchange.declare' &&
      /"replyCode":503,"replyText":"COMMAND_INVALID - (unknown|invalid) exchange type '/.test(oracle) &&
      /"replyCode":406,"replyText":"PRECONDITION_FAILED - (unknown|invalid) exchange type '/.test(ours),
  },
  {
    // Chance: RabbitMQ ends channel by channel, and what one gives back the next may still be sent.
    name: 'deliveries to a connection that is being closed',
    is: ({ connection }, oracle, ours, all) =>
      ours === '' && onlyDeliveries(oracle) && all.includes(`${connection} is gone`),
  },
  {
    name: 'a message that expires in this turn is still counted by basic.get',
    is: ({ method }, oracle, ours) =>
      method === 'basic.get' &&
      oracle.includes('basic.get-ok') &&
      oracle.replace(/"messageCount":\d+/, '') === ours.replace(/"messageCount":\d+/, ''),
  },
  {
    name: 'x-cancel-on-ha-failover is not looked at',
    is: ({ method }, oracle) =>
      method === 'basic.consume' && oracle.includes("invalid arg 'x-cancel-on-ha-failover'"),
  },
]

function onlyDeliveries(lines: string): boolean {
  return lines.split('\n').every(line => /^\d\/\d delivered: /.test(line))
}

export function knownDifference(
  step: Step,
  oracle: readonly string[],
  ours: readonly string[],
): string | undefined {
  const theirs = oracle.filter(line => !ours.includes(line)).join('\n')
  const own = ours.filter(line => !oracle.includes(line)).join('\n')
  return all.find(({ is }) => is(step, theirs, own, oracle))?.name
}
