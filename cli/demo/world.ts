import type { Hex } from 'viem'
import { type Chain, connect, type WritableChain } from '#client/chain.ts'
import type { Deployments } from '#client/deployment-plan.ts'
import type { EmbeddedChain } from '#client/embedded-chain.ts'
import type { Series } from '#client/vault.ts'
import type { Fixing } from '#protocol/fixing.ts'
import type { IndexDocument } from '#protocol/index-document.ts'
import type { Ledger } from './audit-funds.ts'
import type { Conductor } from './conductor.ts'
import type { DemoOptions } from './demo-options.ts'
import type { Market } from './market.ts'
import type { Narrator } from './narrator.ts'
import type { People, Person } from './people.ts'
import type { Reporters } from './reporters.ts'
import type { VenueServer } from './venue-server.ts'

/** Everything that is there once the demo's stage is set. */
export type World = {
  readonly options: DemoOptions
  readonly tell: Narrator
  readonly signal: AbortSignal
  readonly embedded: EmbeddedChain
  readonly chain: Chain
  readonly wallets: Wallets
  readonly conductor: Conductor
  readonly people: People
  readonly deployments: Deployments
  readonly market: Market
  readonly venues: readonly VenueServer[]
  readonly document: IndexDocument
  readonly indexId: Hex
  readonly indexDir: string
  readonly fixing: Fixing
  readonly fixingId: Hex
  readonly series: Series
  readonly seriesId: Hex
  /** The bond d that a proposal will need, wei. */
  readonly bond: bigint
  readonly reporters: Reporters
  /** What everybody had before the first transaction. */
  readonly before: Ledger
}

/** How often a receipt is looked for on a chain that mines at once, milliseconds. */
const RECEIPT_POLL_MS = 20

/** One signing connection per person, made when first used. */
export class Wallets {
  readonly #rpcUrl: string
  readonly #open = new Map<Person, Promise<WritableChain>>()

  constructor(rpcUrl: string) {
    this.#rpcUrl = rpcUrl
  }

  of(person: Person): Promise<WritableChain> {
    const known = this.#open.get(person)
    if (known !== undefined) return known
    const made = connect({ rpcUrl: this.#rpcUrl, account: person.account, pollingMs: RECEIPT_POLL_MS })
    this.#open.set(person, made)
    return made
  }
}
