import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Abi, type Address, type Hex, toHex } from 'viem'
import { type Deployer, encode } from '../arena.ts'
import { type Artifact, ROOT } from '../artifacts.ts'

/** Where UMA's published contracts are: its optimistic oracle, version 3, its store, and its own stand-in for its token holders. */
export type UmaContracts = { readonly court: Address; readonly store: Address; readonly voters: Address }

/** What UMA charges for a vote; it asks for twice as much as a bond. */
export const FINAL_FEE = 10n ** 17n
/** How UMA knows claims that are true or false. */
export const ASSERT_TRUTH = toHex('ASSERT_TRUTH', { size: 32 })

const IMPLEMENTATION = 'data-verification-mechanism/implementation/'
const COURT = 'optimistic-oracle-v3/implementation/OptimisticOracleV3'
const VOTERS = 'data-verification-mechanism/test/MockOracleAncillary'
const NOBODY: Address = `0x${'00'.repeat(20)}`
const LIVENESS = 7_200n

/** Deploys them, with `token` on UMA's list of currencies. */
export async function raiseUmaContracts({ deploy, send }: Deployer, token: Address): Promise<UmaContracts> {
  const finder = await deploy(published(`${IMPLEMENTATION}Finder`))
  const identifiers = await deploy(published(`${IMPLEMENTATION}IdentifierWhitelist`))
  const currencies = await deploy(published('common/implementation/AddressWhitelist'))
  const zero = { rawValue: 0n }
  const store = await deploy(published(`${IMPLEMENTATION}Store`), [zero, zero, NOBODY])
  const voters = await deploy(published(VOTERS), [finder, NOBODY])
  const administer = async (to: Address, path: string, name: string, args: readonly unknown[]): Promise<void> => {
    await send(encode(published(path).abi, name, args), to)
  }
  await administer(identifiers, `${IMPLEMENTATION}IdentifierWhitelist`, 'addSupportedIdentifier', [ASSERT_TRUTH])
  await administer(currencies, 'common/implementation/AddressWhitelist', 'addToWhitelist', [token])
  await administer(store, `${IMPLEMENTATION}Store`, 'setFinalFee', [token, { rawValue: FINAL_FEE }])
  const parts = { IdentifierWhitelist: identifiers, CollateralWhitelist: currencies, Store: store, Oracle: voters }
  for (const [name, implementation] of Object.entries(parts)) {
    const args = [toHex(name, { size: 32 }), implementation]
    await administer(finder, `${IMPLEMENTATION}Finder`, 'changeImplementationAddress', args)
  }
  return { court: await deploy(published(COURT), [finder, token, LIVENESS]), store, voters }
}

/** The ABI of UMA's optimistic oracle. */
export function umaCourtAbi(): Abi {
  return published(COURT).abi
}

/** The ABI of the stand-in for its token holders. */
export function umaVotersAbi(): Abi {
  return published(VOTERS).abi
}

const known = new Map<string, Artifact>()

/** A contract of UMA's as published. */
function published(path: string): Artifact {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const file = join(ROOT, 'node_modules/@uma/core/artifacts/contracts', `${path}.sol`, `${name}.json`)
  const artifact = known.get(path) ?? (JSON.parse(readFileSync(file, 'utf8')) as { abi: Abi; bytecode: Hex }) // Hardhat's format
  known.set(path, artifact)
  return artifact
}
