import { isDeepStrictEqual } from 'node:util'
import type { Address, Hex } from 'viem'
import type { FixingFacts } from '#protocol/phase.ts'
import type { Attestation } from '#client/attestation.ts'
import type { CosignedReport } from '#client/cosigned-report.ts'
import type { Reception } from '#client/reception.ts'
import type { Outlook } from '#client/transaction.ts'
import { isBlsSigned, sumOfKeys } from '#protocol/bls.ts'
import { placesIn } from '#protocol/cosigning.ts'
import { reportDigest } from '#protocol/report.ts'
import type {
  ChainPort,
  EndpointPort,
  Fate,
  Head,
  Incentives,
  OracleEvent,
  Panel,
  Sent,
} from '../../../node/chain/port.ts'
import { DeadRpcError } from '#client/chain.ts'
import type { CourtPort } from '../../../node/chain/court-port.ts'
import type { Candidate } from '#client/oracle-reader.ts'
import { DOMAIN, FIXING, FIXING_ID, WAD } from '../reporters.ts'
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
  /** The endpoint refuses to say what was logged before this block. */
  prunedBefore = 0n
  /** Whether the endpoint says that its newest block will not be undone. */
  isFinal = true
  /** Nobody pays for attesting. */
  incentives: Incentives = { rewardPot: 0n, attestersReward: 0n, isRosterPublished: false, gasFee: 1n }
  attestation: Attestation | undefined
  /** The endpoint refuses to say what attests the fixing. */
  isUnread = false
  /** Those of the other fixings that are settled. */
  settled: readonly Fixing[] = []
  /** How often it was asked that. */
  attestationsAsked = 0
  /** No claim of a reward is worth its gas. */
  isGasDear = false
  /** Why the registry, as an endpoint says, pays no reward. */
  rewardRefusal: string | undefined
  /** What claiming shares would pay. */
  unpaid = 0n
  /** Receipts are with somebody else by now, or an endpoint says so. */
  isHandedOn = false
  /** How many claims of receipts were tried. */
  claims = 0
  /** Transactions of the account that wait, as endpoints say. */
  waiting = 0
  /** What became of transactions that were signed before. */
  fate: Fate = { kind: 'refused', reason: 'cancelled' }
  /** What every endpoint says to a transaction that was signed elsewhere. */
  reception: Reception = 'taken'
  /** The jury, if there is one. */
  court: CourtPort | undefined
  /** What was broadcast, in order. */
  readonly raws: Hex[] = []
  /** What was sent, in order. */
  readonly sent: string[] = []
  /** By whom. */
  readonly senders: (Address | undefined)[] = []
  readonly fixing: Fixing
  readonly #times = new Map<bigint, bigint>([[0n, 0n]])

  constructor(fixing: Fixing, time: bigint) {
    this.fixing = fixing
    this.head = { number: 1n, time }
    this.events.push({ name: 'created', block: 1n, id: FIXING_ID, fixing })
  }

  /** Mines a block at `time`. */
  mine(time: bigint): void {
    this.#times.set(this.head.number, this.head.time)
    this.head = { number: this.head.number + 1n, time }
  }

  /** Undoes every block after `number`. */
  undo(number: bigint): void {
    this.head = { number, time: this.#times.get(number) ?? this.head.time }
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
        this.senders.push(account)
        return done
      })
    return {
      chainId: 31_337,
      account,
      head: () => alive(() => this.head),
      block: (number) =>
        alive(() => {
          if (number === this.head.number) return this.head
          const time = this.#times.get(number)
          if (time === undefined) throw new Error(`block ${number} could not be found`)
          return { number, time }
        }),
      finalized: () => alive(() => (this.isFinal ? this.head : undefined)),
      events: (from, to) =>
        alive(() => {
          if (from < this.prunedBefore) throw new Error('history is pruned')
          return this.events.filter(({ block }) => block >= from && block <= to)
        }),
      snapshot: (fixing) =>
        alive(() => {
          const rest = { candidates: this.candidates, now: this.head.time, fixing: this.fixing }
          const isSettled = this.settled.some((one) => isDeepStrictEqual(one, fixing))
          return { ...snapshotOf(this.facts, rest), ...(isSettled ? { phase: 'settled' } : {}) }
        }),
      panel: () => alive(() => this.panel),
      bond: () => alive(() => FIXING.minBond),
      spendable: () => alive(() => 100n * WAD),
      incentives: () => alive(() => this.incentives),
      attestersReward: () => alive(() => this.incentives.attestersReward),
      publishRoster: () => {
        this.incentives = { ...this.incentives, isRosterPublished: true }
        return send('roster')
      },
      attestation: () =>
        alive(() => {
          this.attestationsAsked += 1
          if (this.isUnread) throw new Error('history is pruned')
          return this.attestation
        }),
      unpaid: () => alive(() => this.unpaid),
      claimRewards: async (_fixing, _attestation, places) => {
        const reason = this.isGasDear ? 'Client.DearGasError' : this.rewardRefusal
        return reason === undefined ? send(`reward ${places.join()}`) : { kind: 'refused', reason }
      },
      attest: async (_fixing, cosigned) => {
        if (!this.#isSigned(cosigned)) return { kind: 'refused', reason: 'SignatureInvalid' }
        const { report, signers } = this.#record(cosigned)
        return send(`attest ${report.value} by ${placesIn(signers).join()} late`)
      },
      proposeAttested: async (_fixing, cosigned) => {
        if (!this.#isSigned(cosigned)) return { kind: 'refused', reason: 'SignatureInvalid' }
        const { report, signers } = this.#record(cosigned)
        return this.#propose(report.value, await send(`attest ${report.value} by ${placesIn(signers).join()}`))
      },
      propose: async (_fixing, value) => this.#propose(value, await send(`propose ${value}`)),
      stake: (_fixing, { kind, value }) => send(`${kind} ${value}`),
      claim: async (_fixing, { kind, round, value }) => {
        this.claims += 1
        if (account === undefined) throw new Error('nobody to claim for')
        const { number: block } = this.head
        const claimed = { name: 'claimed', block, id: FIXING_ID, holder: account, kind, round, value } as const
        const isClaimed = this.events.some((event) => isDeepStrictEqual({ ...event, block }, claimed))
        if (this.isHandedOn || isClaimed) return { kind: 'refused', reason: 'NothingToClaim' }
        this.events.push(claimed)
        return send(`claim ${value}`)
      },
      holdings: () => alive(() => ({ held: 1_000n * WAD, allowance: 1_000n * WAD })),
      wrap: (amount) => send(`wrap ${amount}`),
      approve: (spender, amount) => send(`approve ${spender} ${amount}`),
      fillNonce: () => send('fill'),
      outlook: () => alive(() => this.outlook),
      pursue: () => alive(() => this.fate),
      court: () => {
        if (this.court === undefined) throw new Error('no jury here')
        return this.court
      },
    }
  }

  /** What an endpoint of this world says to whoever sends. */
  get outlook(): Outlook {
    const { number, time } = this.head
    return { number, time, baseFee: 10n ** 9n, tip: 10n ** 8n, mined: 0, pending: this.waiting, balance: 100n * WAD }
  }

  /** The world through one endpoint. */
  endpoint(account: Address): EndpointPort {
    return {
      ...this.as(account),
      bondToken: FIXING.openInterest,
      tryOut: async () => ({ kind: 'runs', estimate: 100_000n, limit: 150_000n }),
      broadcast: async (raw) => {
        if (this.isDead) throw new DeadRpcError('http://127.0.0.1:1', 'no answer')
        this.raws.push(raw)
        return this.reception
      },
      nonceFate: async () => ({ kind: 'open' }),
    }
  }

  #record(cosigned: CosignedReport): CosignedReport {
    const { report, signers } = cosigned
    this.attestation = { ...report, signers, count: placesIn(signers).length }
    return cosigned
  }

  #isSigned({ report, signature, signers }: CosignedReport): boolean {
    const key = sumOfKeys(placesIn(signers).map((place) => this.panel.reporters[place]?.key ?? '0x'))
    const digest = reportDigest(DOMAIN, { ...report, epoch: this.panel.epoch, fixingId: FIXING_ID })
    return isBlsSigned(key, digest, 'signature', signature)
  }

  #propose(value: bigint, sent: Sent): Sent {
    this.facts = { round: 1, bond: FIXING.minBond, leader: value, deadline: this.head.time + 86_400n }
    this.candidates = [{ value, stake: FIXING.minBond }]
    return sent
  }
}
