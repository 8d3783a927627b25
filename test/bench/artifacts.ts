import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Abi, Hex } from 'viem'
import { forgeBuild, ROOT } from '../model/artifacts.ts'

const MINIMUMS = ['MinimumOracle', 'MinimumVault', 'MinimumRegistry'] as const

/** A contract as forge built it. */
export type Minimum = { readonly abi: Abi; readonly bytecode: Hex }

/** Builds the minimal contracts (nothing to do if nothing changed) with the product's compiler settings. */
export async function buildMinimums(): Promise<Readonly<Record<(typeof MINIMUMS)[number], Minimum>>> {
  const sources = MINIMUMS.map((name) => `test/contracts/bench/${name}.sol`)
  await forgeBuild(['contracts/src', ...sources], ROOT)
  return {
    MinimumOracle: read('MinimumOracle'),
    MinimumVault: read('MinimumVault'),
    MinimumRegistry: read('MinimumRegistry'),
  }
}

function read(name: (typeof MINIMUMS)[number]): Minimum {
  const path = join(ROOT, 'contracts', 'out', `${name}.sol`, `${name}.json`)
  const { abi, bytecode } = JSON.parse(readFileSync(path, 'utf8')) as { abi: Abi; bytecode: { object: Hex } } // forge's
  return { abi, bytecode: bytecode.object }
}
