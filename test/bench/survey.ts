import { type Address, isAddressEqual } from 'viem'
import { maturityOracleBytecode } from '#client/bytecode/maturity-oracle.ts'
import { reporterRegistryBytecode } from '#client/bytecode/reporter-registry.ts'
import { splitVaultBytecode } from '#client/bytecode/split-vault.ts'
import { codeAccountOf, type CodePart, gasAccountOf, type Part } from './account.ts'
import { measure, type Measured } from './measure.ts'
import { type Row, rowsOf } from './rows.ts'
import { type Origin, originsOf } from './source-map.ts'
import { raiseStage, type Stage } from './stage.ts'
import { SUMS } from './steps.ts'
import { traceOf } from './trace.ts'

/** Where the gas of a step goes: by purpose, and the code by opcode. Nothing by opcode for a sum of steps. */
export type Account = { readonly parts: readonly Part[]; readonly code: readonly CodePart[] }

/** What one run found: every row, and the account of each step that was asked for. */
export type Survey = { readonly rows: readonly Row[]; readonly accounts: ReadonlyMap<string, Account> }

/** Measures everything on a chain of its own, and accounts for the steps that `isWanted` names. */
export async function survey(isWanted: (row: Row) => boolean): Promise<Survey> {
  const stage = await raiseStage()
  try {
    const measured = await measure(stage)
    const rows = rowsOf(measured)
    const accounts = new Map<string, Account>()
    for (const row of rows.filter(isWanted)) accounts.set(row.step, await accountOf(stage, measured, row.step))
    return { rows, accounts }
  } finally {
    await stage.chain.stop()
  }
}

async function accountOf(stage: Stage, measured: ReadonlyMap<string, Measured>, step: string): Promise<Account> {
  const parts = SUMS[step]
  if (parts !== undefined) {
    const accounts: (readonly Part[])[] = []
    for (const part of parts) accounts.push((await accountOf(stage, measured, part)).parts)
    return { parts: sumOf(accounts.filter((account) => account.length > 0)), code: [] }
  }
  const hash = measured.get(step)?.transaction?.hash
  if (hash === undefined) return { parts: [], code: [] }
  const trace = await traceOf(stage.chain.url, hash)
  return { parts: gasAccountOf(trace, originsAt(stage, trace.to), { token: stage.weth }), code: codeAccountOf(trace) }
}

function originsAt(stage: Stage, address: Address): (pc: number) => Origin | undefined {
  if (isAddressEqual(address, stage.vault.address)) return originsOf('SplitVault', splitVaultBytecode)
  if (isAddressEqual(address, stage.registry.address)) return originsOf('ReporterRegistry', reporterRegistryBytecode)
  return originsOf('MaturityOracle', maturityOracleBytecode)
}

function sumOf([first = [], ...others]: readonly (readonly Part[])[]): readonly Part[] {
  return first.map(({ group, gas, floor }, at) => ({
    group,
    gas: others.reduce((sum, account) => sum + (account[at]?.gas ?? 0), gas),
    floor: others.reduce((sum, account) => sum + (account[at]?.floor ?? 0), floor),
  }))
}
