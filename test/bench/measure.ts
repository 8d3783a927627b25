import type { Transaction } from './chain.ts'
import { playMinimumOracle, playMinimumRegistry, playMinimumVault } from './minimum-scenes.ts'
import { playOracle } from './oracle-scenes.ts'
import { type Ledger, playOn } from './play.ts'
import { playRegistry } from './registry-scenes.ts'
import type { Stage } from './stage.ts'
import { STEPS, SUMS } from './steps.ts'
import { playVault } from './vault-scenes.ts'

/** A step that needs no transaction: what it is for happens by itself. */
export const IMPLICIT = 'settle, undisputed'

/** The vault plays after the oracle's scenes, in time. */
const VAULT_SCENE = 20
/** And the registry after the vault. */
const REGISTRY_SCENE = 21

/** One step as it was measured: the transaction of the product, of the minimum; sums and what is implicit have none. */
export type Measured = {
  readonly gas: number
  readonly minimum: number
  readonly transaction?: Transaction
}

/** Plays all scenes and returns every step of the table, in its order. Throws {@link UnmeasuredStepError}. */
export async function measure(stage: Stage): Promise<ReadonlyMap<string, Measured>> {
  const product: Ledger = new Map()
  const minimum: Ledger = new Map()
  const oracle = playOn(stage.chain, stage.oracle, product)
  await playOracle(oracle)
  await playVault(playOn(stage.chain, stage.vault, product), oracle, stage.councils, VAULT_SCENE)
  const registry = playOn(stage.chain, stage.registry, product)
  await playRegistry(registry, oracle, REGISTRY_SCENE, stage.chain.url)
  await playMinimumOracle(playOn(stage.chain, stage.minimumOracle, minimum))
  await playMinimumVault(playOn(stage.chain, stage.minimumVault, minimum), stage.councils)
  await playMinimumRegistry(playOn(stage.chain, stage.minimumRegistry, minimum))
  const steps = new Set(STEPS.map(({ step }) => step))
  const stray = [...product.keys(), ...minimum.keys()].find((step) => !steps.has(step))
  if (stray !== undefined) throw new UnmeasuredStepError(stray)
  return new Map(STEPS.map(({ step }) => [step, measuredOf(step, product, minimum)]))
}

function measuredOf(step: string, product: Ledger, minimum: Ledger): Measured {
  if (step === IMPLICIT) return { gas: 0, minimum: 0 }
  const parts = SUMS[step]?.map((part) => measuredOf(part, product, minimum))
  if (parts !== undefined) {
    const sum = (pick: (part: Measured) => number): number => parts.reduce((total, part) => total + pick(part), 0)
    return { gas: sum((part) => part.gas), minimum: sum((part) => part.minimum) }
  }
  const [transaction, least] = [product.get(step), minimum.get(step)]
  if (transaction === undefined || least === undefined) throw new UnmeasuredStepError(step)
  return { gas: transaction.gas, minimum: least.gas, transaction }
}

/** The table and the scenes do not name the same steps. */
export class UnmeasuredStepError extends Error {
  override readonly name = 'Bench.UnmeasuredStepError'
  readonly step: string
  constructor(step: string) {
    super(`Expected "${step}" in the table of steps, the product's scenes and the minimum's, got it missing in one.`)
    this.step = step
  }
}
