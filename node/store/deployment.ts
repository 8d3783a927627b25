import type { Address } from 'viem'
import { z } from 'zod'
import type { Database } from './database.ts'
import { ADDRESS, parseRow } from './row.ts'

/** Which contracts on which chain a store is about. */
export type StoreDeployment = { readonly chainId: number; readonly oracle: Address; readonly registry: Address }

const DEPLOYMENT = z.object({ chainId: z.int(), oracle: ADDRESS, registry: ADDRESS })
const KEY = 'this'

/**
 * Binds the store to `deployment` for ever, or finds that it is already. INVARIANT: one store, one deployment: what was observed, sent and
 * signed for one means nothing in another. Throws {@link StoreDeploymentError}.
 */
export async function bindTo(database: Database, deployment: StoreDeployment, dataDir: string): Promise<void> {
  const value = await database.read('deployment', KEY)
  if (value === undefined) {
    const { chainId, oracle, registry } = deployment
    const row = { table: 'deployment', key: KEY, value: { chainId, oracle, registry } } as const
    return database.write([row], 'durable')
  }
  const bound = parseRow(DEPLOYMENT, 'deployment', { key: KEY, value })
  if (textOf(bound) !== textOf(deployment)) throw new StoreDeploymentError(dataDir, bound, deployment)
}

const textOf = ({ chainId, oracle, registry }: StoreDeployment): string =>
  `oracle ${oracle.toLowerCase()} and registry ${registry.toLowerCase()} on chain ${chainId}`

/** The store is about other contracts than the configuration. */
export class StoreDeploymentError extends Error {
  override readonly name = 'Store.StoreDeploymentError'
  readonly got: StoreDeployment
  readonly want: StoreDeployment
  constructor(dataDir: string, got: StoreDeployment, want: StoreDeployment) {
    super(
      `Expected the store in ${dataDir} to be of ${textOf(want)}, got one of ${textOf(got)}. ` +
        'Give each deployment a data_dir of its own: docs/operations/moving.md.',
    )
    this.got = got
    this.want = want
  }
}
