/** Faults of the ways between clients and a broker: refused, standing still, cut behind a certain frame. Now and to come. */
import type { Transport } from '../../server/transport'
import { Fault, type FaultOptions } from './fault'
import { type Cut, type Direction, FaultyTransport } from './faulty-transport'
import type { FaultyConnection } from './victims'

/** Nobody knows yet who it is. */
export interface ComingConnection {
  /** They are counted from 1 since the fault began. */
  readonly number: number
  readonly remoteAddress: string
  readonly remotePort: number
}

export interface StallOptions extends FaultOptions<FaultyConnection> {
  /** Connections that come later stand still from their first byte on, when nobody has logged in yet. Default false. */
  readonly newOnes?: boolean
}

/** Frames, but no heartbeats, are counted from when the fault begins, or from the beginning of a connection that comes later. */
export interface FrameCount {
  /** From the client, protocol header not counted: what comes before is obeyed. */
  readonly received?: number
  /** To the client. */
  readonly sent?: number
}

/** Whether it is now, behind the frame of this number that a connection sent. */
export type FrameDue = (count: number, connection: number) => boolean

type Stall = (transport: FaultyTransport) => () => void

interface CountedFault {
  readonly fault: Fault<FaultyConnection>
  readonly direction: Direction
  readonly isDue: FrameDue
  readonly counts: WeakMap<FaultyTransport, number>
  cut(transport: FaultyTransport): Cut
}

export class TransportFaults {
  private refusals: { readonly fault: Fault<ComingConnection>; seen: number }[] = []
  private stalls: { readonly fault: Fault<FaultyConnection>; strike(transport: FaultyTransport): void }[] = []
  private counted: CountedFault[] = []
  private transportsMade = 0

  constructor(
    /** Connections that are there and not going already. */
    private readonly live: () => FaultyTransport[],
    private readonly describe: (transport: FaultyTransport) => FaultyConnection,
  ) {}

  refuse(options: FaultOptions<ComingConnection>): Fault<ComingConnection> {
    const fault = new Fault(options, () => {
      this.refusals = this.refusals.filter(other => other.fault !== fault)
    })
    this.refusals.push({ fault, seen: 0 })
    return fault
  }

  stall({ newOnes = false, ...options }: StallOptions, stall: Stall): Fault<FaultyConnection> {
    const ends: (() => void)[] = []
    const fault = new Fault(options, () => {
      this.stalls = this.stalls.filter(other => other.fault !== fault)
      for (const end of ends) end()
    })
    const strike = (transport: FaultyTransport): void => {
      if (fault.strikes(this.describe(transport))) ends.push(stall(transport))
    }
    for (const transport of this.live()) strike(transport)
    if (newOnes) this.stalls.push({ fault, strike })
    return fault
  }

  /** @throws RangeError unless frames are counted one way, from 1 */
  cutAfter(
    frames: FrameCount,
    options: FaultOptions<FaultyConnection>,
    cut: (transport: FaultyTransport) => Cut,
  ): Fault<FaultyConnection> {
    const { received, sent } = frames
    const count = received ?? sent
    if ((received === undefined) === (sent === undefined) || !Number.isInteger(count) || Number(count) < 1)
      throw new RangeError('after how many frames: { received: n } or { sent: n }, n from 1')
    const direction = received === undefined ? 'sent' : 'received'
    return this.cutAt(direction, seen => seen === count, options, cut)
  }

  cutAt(
    direction: Direction,
    isDue: FrameDue,
    options: FaultOptions<FaultyConnection>,
    cut: (transport: FaultyTransport) => Cut,
  ): Fault<FaultyConnection> {
    const fault = new Fault(options, () => {
      this.counted = this.counted.filter(other => other.fault !== fault)
    })
    this.counted.push({ fault, direction, isDue, counts: new WeakMap(), cut })
    return fault
  }

  /** Undefined: it is refused. */
  through(inner: Transport): FaultyTransport | undefined {
    const { remoteAddress, remotePort } = inner
    for (const refusal of this.refusals) {
      refusal.seen++
      if (!refusal.fault.strikes({ number: refusal.seen, remoteAddress, remotePort })) continue
      inner.destroy()
      return undefined
    }
    const transport = new FaultyTransport(inner, ++this.transportsMade, (at, direction) =>
      this.passed(at, direction),
    )
    for (const { strike } of this.stalls) strike(transport)
    return transport
  }

  private passed(transport: FaultyTransport, direction: Direction): Cut | undefined {
    for (const { fault, direction: counted, isDue, counts, cut } of this.counted) {
      if (counted !== direction) continue
      const count = (counts.get(transport) ?? 0) + 1
      counts.set(transport, count)
      if (isDue(count, transport.number) && fault.strikes(this.describe(transport))) return cut(transport)
    }
    return undefined
  }
}
