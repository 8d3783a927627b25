import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Abi, Hex } from 'viem'
import { ROOT } from '../model/artifacts.ts'

const MINIMUMS = ['MinimumOracle', 'MinimumVault', 'MinimumRegistry'] as const

/** A contract as forge built it. */
export type Minimum = { readonly abi: Abi; readonly bytecode: Hex }

/** Builds the minimal contracts (nothing to do if nothing changed) with the product's compiler settings. */
export async function buildMinimums(): Promise<Readonly<Record<(typeof MINIMUMS)[number], Minimum>>> {
  const forge = join(ROOT, 'node_modules', '.bin', 'forge')
  const sources = MINIMUMS.map((name) => `test/contracts/bench/${name}.sol`)
  await promisify(execFile)(forge, ['build', 'contracts/src', ...sources], { cwd: ROOT })
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
