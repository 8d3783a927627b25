import type { Chain } from '#client/chain.ts'
import { latestBlock } from '#client/chain.ts'
import { type OracleEvent, oracleEvents, potsOf } from '#client/fixing-log.ts'
import { readFixing } from '#client/oracle-reader.ts'
import { type Attestation, readAttestation } from '#client/attestation.ts'
import { KIND_CODE } from '#protocol/fixing.ts'
import { oddsOf } from '#protocol/odds.ts'
import { formatEth, formatIndexValue, formatPpm, formatTime } from '../format.ts'
import { everybody } from './people.ts'
import type { World } from './world.ts'

/** The oracle's events of the demo's fixing, told as they come. */
export class Chronicle {
  readonly #world: World
  readonly #names: ReadonlyMap<string, string>
  readonly events: OracleEvent[] = []
  #nextBlock = 0n
  #attestation: Attestation | undefined
  /** What the registry proposed with, if it did. */
  #proposedWith: Attestation | undefined

  constructor(world: World) {
    this.#world = world
    this.#names = new Map(everybody(world.people).map(({ name, account }) => [account.address.toLowerCase(), name]))
  }

  /** The last that a quorum co-signed on chain, with a proposal or after one that came without; undefined if none did. */
  get attestation(): Attestation | undefined {
    return this.#attestation
  }

  /** For whom the registry proposed; undefined if it did not. */
  get proposer(): string | undefined {
    return this.#proposedWith?.proposer
  }

  /** Who an address is, or the address itself. */
  nameOf(address: string): string {
    return this.#names.get(address.toLowerCase()) ?? address
  }

  /** Reads and tells what has happened since the last time. */
  async catchUp(): Promise<void> {
    const { chain, deployments, fixingId } = this.#world
    const { number } = await latestBlock(chain)
    if (number < this.#nextBlock) return
    const range = { fromBlock: this.#nextBlock, toBlock: number }
    const fresh = await oracleEvents(chain, deployments.oracle, range, fixingId)
    const attested = await readAttestation(chain, deployments.registry, fixingId, range)
    this.#attestation = attested ?? this.#attestation
    this.#nextBlock = number + 1n
    for (const event of fresh) {
      const attributed = await this.#attribute(event)
      this.events.push(attributed)
      await this.#tell(chain, attributed)
    }
  }

  /** The event with the proposer for whom the registry proposed. */
  async #attribute(event: OracleEvent): Promise<OracleEvent> {
    const { chain, deployments, fixingId } = this.#world
    const { registry } = deployments
    if (event.eventName !== 'Proposed' || event.args.proposer !== registry) return event
    const block = { fromBlock: event.blockNumber, toBlock: event.blockNumber }
    this.#proposedWith = await readAttestation(chain, registry, fixingId, block)
    const proposer = this.#proposedWith?.proposer ?? registry
    return { ...event, args: { ...event.args, proposer } }
  }

  #cosigned(): string {
    const { reporters } = this.#world
    return this.#proposedWith === undefined ? '' : `${this.#proposedWith.count} of ${reporters.all.length} co-signed, `
  }

  async #tell(chain: Chain, event: OracleEvent): Promise<void> {
    const { tell } = this.#world
    const { timestamp } = await chain.publicClient.getBlock({ blockNumber: event.blockNumber })
    switch (event.eventName) {
      case 'Proposed': {
        const { proposer, value, bond, deadline } = event.args
        tell.at(
          timestamp,
          `${this.nameOf(proposer)} proposes ${formatIndexValue(value)}, ${this.#cosigned()}bond ${formatEth(bond)} ETH; it stands if nobody disputes it by ${formatTime(deadline)}`,
        )
        return
      }
      case 'Contributed': {
        const { from, kind, value, taken, filled } = event.args
        const verb = kind === KIND_CODE.appeal ? 'appeals for' : 'stakes on'
        tell.at(
          timestamp,
          `${this.nameOf(from)} ${verb} ${formatIndexValue(value)} with ${formatEth(taken)} ETH; the pot holds ${formatEth(filled)}`,
        )
        return
      }
      case 'Led': {
        const { value, round, deadline } = event.args
        tell.at(
          timestamp,
          `${formatIndexValue(value)} leads round ${round} and settles at ${formatTime(deadline)} unless disputed`,
          'strong',
        )
        await this.#tellOdds(event.blockNumber)
        return
      }
      case 'Arbitrated':
        tell.at(timestamp, 'The pot is full: the fixing goes to the arbitrator, the council', 'strong')
        await this.#tellOdds(event.blockNumber)
        return
      case 'Ruled':
        tell.at(
          timestamp,
          `The council rules ${formatIndexValue(event.args.ruling)}; the winner is ${event.args.winner === 0n ? 'nobody' : formatIndexValue(event.args.winner)}`,
          'strong',
        )
        return
      case 'Claimed': {
        const { holder, kind, value, burned, paid } = event.args
        const text =
          kind === KIND_CODE.fund
            ? `${this.nameOf(holder)} takes back ${formatEth(paid)} of ${formatEth(burned)} ETH put up as a reward`
            : `${this.nameOf(holder)} claims ${formatEth(paid)} ETH for ${formatEth(burned)} staked on ${formatIndexValue(value)}`
        tell.at(timestamp, text)
        return
      }
      case 'Collected':
        tell.at(timestamp, `The sink burns ${formatEth(event.args.toSink)} ETH of forfeited stake`)
        return
      default:
    }
  }

  /** Stakes and odds of every candidate, at the block in which they changed. */
  async #tellOdds(block: bigint): Promise<void> {
    const { chain, deployments, fixing, fixingId, tell } = this.#world
    const snapshot = await readFixing(chain, deployments.oracle, fixing, block)
    const pots = potsOf(this.events, fixingId, snapshot.facts.round)
    const isArbitrated = snapshot.facts.arbitratedAt !== 0n
    const staked = snapshot.candidates.map(({ value, stake }) => ({
      value,
      stake,
      filled: isArbitrated
        ? 0n
        : pots.filter((pot) => pot.value === value).reduce((sum, { filled }) => sum + filled, 0n),
    }))
    for (const [i, odds] of oddsOf(staked, isArbitrated ? 'ruling' : 'timeout').entries()) {
      const leads = i === snapshot.leaderIndex ? ', leads' : ''
      tell.at(
        snapshot.atTime,
        `  ${formatIndexValue(odds.value).padEnd(12)} ${formatEth(staked[i]?.stake ?? 0n).padStart(9)} ETH  odds ${formatPpm(Number(odds.probabilityPpm))}${leads}`,
      )
    }
  }
}
