import type { Address } from 'viem'
import type { FixingFacts } from '#protocol/phase.ts'
import type { ChainPort, Fate, Head, OracleEvent, Panel, Sent } from '../../../node/chain/port.ts'
import { DeadRpcError } from '#client/chain.ts'
import type { Candidate } from '#client/oracle-reader.ts'
import { FIXING, FIXING_ID, WAD } from '../reporters.ts'
import { snapshotOf } from '../snapshots.ts'
import type { Fixing } from '#protocol/fixing.ts'

/** A chain in memory that several nodes share; tests set what it says. */
export class FakeWorld {
  head: Head
  events: OracleEvent[] = []
  facts: Partial<FixingFacts> = {}
  candidates: readonly Candidate[] = []
  panel: Panel = { epoch: 0n, reporters: [] }
  isDead = false
  /** What became of transactions that were signed before. */
  fate: Fate = { kind: 'dropped' }
  /** What was sent, in order. */
  readonly sent: string[] = []
  readonly fixing: Fixing

  constructor(fixing: Fixing, time: bigint) {
    this.fixing = fixing
    this.head = { number: 1n, time }
    this.events.push({ name: 'created', block: 1n, id: FIXING_ID, fixing })
  }

  /** Mines a block at `time`. */
  mine(time: bigint): void {
    this.head = { number: this.head.number + 1n, time }
  }

  as(account: Address | undefined): ChainPort {
    const alive = async <T>(value: () => T): Promise<T> => {
      if (this.isDead) throw new DeadRpcError('http://127.0.0.1:1', 'no answer')
      return value()
    }
    const done: Sent = { kind: 'done', moved: WAD }
    const send = (what: string): Promise<Sent> =>
      alive(() => {
        this.sent.push(what)
        return done
      })
    return {
      chainId: 31_337,
      account,
      head: () => alive(() => this.head),
      events: (from, to) => alive(() => this.events.filter(({ block }) => block >= from && block <= to)),
      snapshot: () =>
        alive(() => snapshotOf(this.facts, { candidates: this.candidates, now: this.head.time, fixing: this.fixing })),
      panel: () => alive(() => this.panel),
      bond: () => alive(() => FIXING.minBond),
      spendable: () => alive(() => 100n * WAD),
      propose: async (_fixing, value) => {
        const sent = await send(`propose ${value}`)
        this.facts = { round: 1, bond: FIXING.minBond, leader: value, deadline: this.head.time + 86_400n }
        this.candidates = [{ value, stake: FIXING.minBond }]
        return sent
      },
      stake: (_fixing, { kind, value }) => send(`${kind} ${value}`),
      claim: (_fixing, { value }) => send(`claim ${value}`),
      fate: () => alive(() => this.fate),
    }
  }
}
