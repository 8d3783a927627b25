import { maturityOracleBytecode } from '#client/bytecode/maturity-oracle.ts'
import { splitVaultBytecode } from '#client/bytecode/split-vault.ts'
import { gasAccountOf, type Part } from './account.ts'
import { measure, type Measured } from './measure.ts'
import { type Row, rowsOf } from './rows.ts'
import { originsOf } from './source-map.ts'
import { raiseStage, type Stage } from './stage.ts'
import { SUMS } from './steps.ts'
import { traceOf } from './trace.ts'

/** What one run found: every row, and the account of each step that was asked for. */
export type Survey = { readonly rows: readonly Row[]; readonly accounts: ReadonlyMap<string, readonly Part[]> }

/** Measures everything on a chain of its own, and accounts for the steps that `isWanted` names. */
export async function survey(isWanted: (row: Row) => boolean): Promise<Survey> {
  const stage = await raiseStage()
  try {
    const measured = await measure(stage)
    const rows = rowsOf(measured)
    const accounts = new Map<string, readonly Part[]>()
    for (const row of rows.filter(isWanted)) accounts.set(row.step, await accountOf(stage, measured, row.step))
    return { rows, accounts }
  } finally {
    await stage.chain.stop()
  }
}

async function accountOf(
  stage: Stage,
  measured: ReadonlyMap<string, Measured>,
  step: string,
): Promise<readonly Part[]> {
  const parts = SUMS[step]
  if (parts !== undefined) {
    const accounts: (readonly Part[])[] = []
    for (const part of parts) accounts.push(await accountOf(stage, measured, part))
    return sumOf(accounts.filter((account) => account.length > 0))
  }
  const hash = measured.get(step)?.transaction?.hash
  if (hash === undefined) return []
  const trace = await traceOf(stage.chain.url, hash)
  const isVault = BigInt(trace.to) === BigInt(stage.vault.address)
  const origins = isVault
    ? originsOf('SplitVault', splitVaultBytecode)
    : originsOf('MaturityOracle', maturityOracleBytecode)
  return gasAccountOf(trace, origins, { token: stage.weth })
}

function sumOf([first = [], ...others]: readonly (readonly Part[])[]): readonly Part[] {
  return first.map(({ group, gas, floor }, at) => ({
    group,
    gas: others.reduce((sum, account) => sum + (account[at]?.gas ?? 0), gas),
    floor: others.reduce((sum, account) => sum + (account[at]?.floor ?? 0), floor),
  }))
}
