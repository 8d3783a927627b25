import { readFileSync } from 'node:fs'
import {
  type Abi,
  type Address,
  encodeDeployData,
  encodeFunctionData,
  getAddress,
  type Hex,
  parseAbi,
  stringToHex,
} from 'viem'
import type { WritableChain } from '#client/chain.ts'
import { send } from '#client/send.ts'

/** UMA's published optimistic oracle, version 3, with its own stand-in for the vote of its token holders. */
export type UmaStage = {
  readonly court: Address
  /** Has the voters find true or false what was asserted at `assertedAt`, Unix seconds, and then disputed. */
  vote(assertionId: Hex, assertedAt: bigint, verdict: 'true' | 'false'): Promise<void>
}

/** What UMA charges for a vote; it asks for twice as much as a bond. */
export const FINAL_FEE = 10n ** 17n

const ADMINISTRATION = parseAbi([
  'function changeImplementationAddress(bytes32 name, address implementation)',
  'function addToWhitelist(address element)',
  'function addSupportedIdentifier(bytes32 identifier)',
  'struct Unsigned { uint256 rawValue; }',
  'function setFinalFee(address currency, Unsigned fee)',
  'function pushPrice(bytes32 identifier, uint256 time, bytes ancillaryData, int256 price)',
  'function stampAssertion(bytes32 assertionId) view returns (bytes)',
])
const ASSERT_TRUTH = stringToHex('ASSERT_TRUTH', { size: 32 })
const IS_TRUE = 10n ** 18n
const VOTING = 'data-verification-mechanism/implementation/'

/** Deploys it as `owner`, with `weth` on its list of currencies. */
export async function raiseUma(owner: WritableChain, weth: Address): Promise<UmaStage> {
  const finder = await deploy(owner, `${VOTING}Finder`, [])
  const identifiers = await deploy(owner, `${VOTING}IdentifierWhitelist`, [])
  const currencies = await deploy(owner, 'common/implementation/AddressWhitelist', [])
  const zero = { rawValue: 0n }
  const nobody: Address = `0x${'00'.repeat(20)}`
  const store = await deploy(owner, `${VOTING}Store`, [zero, zero, nobody])
  const voters = await deploy(owner, 'data-verification-mechanism/test/MockOracleAncillary', [finder, nobody])
  const administer = async (to: Address, data: Hex): Promise<void> => {
    await send(owner, { name: 'administer', to, data })
  }
  const abi = ADMINISTRATION
  await administer(
    identifiers,
    encodeFunctionData({ abi, functionName: 'addSupportedIdentifier', args: [ASSERT_TRUTH] }),
  )
  await administer(currencies, encodeFunctionData({ abi, functionName: 'addToWhitelist', args: [weth] }))
  await administer(
    store,
    encodeFunctionData({ abi, functionName: 'setFinalFee', args: [weth, { rawValue: FINAL_FEE }] }),
  )
  const parts = { IdentifierWhitelist: identifiers, CollateralWhitelist: currencies, Store: store, Oracle: voters }
  for (const [name, implementation] of Object.entries(parts)) {
    const args = [stringToHex(name, { size: 32 }), implementation] as const
    await administer(finder, encodeFunctionData({ abi, functionName: 'changeImplementationAddress', args }))
  }
  const twoHours = 7_200n
  const court = await deploy(owner, 'optimistic-oracle-v3/implementation/OptimisticOracleV3', [finder, weth, twoHours])
  return {
    court,
    async vote(assertionId, assertedAt, verdict) {
      const stamp = await owner.publicClient.readContract({
        address: court,
        abi,
        functionName: 'stampAssertion',
        args: [assertionId],
      })
      const args = [ASSERT_TRUTH, assertedAt, stamp, verdict === 'true' ? IS_TRUE : 0n] as const
      await administer(voters, encodeFunctionData({ abi, functionName: 'pushPrice', args }))
    },
  }
}

async function deploy(owner: WritableChain, path: string, args: readonly unknown[]): Promise<Address> {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const file = `node_modules/@uma/core/artifacts/contracts/${path}.sol/${name}.json`
  const { abi, bytecode } = JSON.parse(readFileSync(file, 'utf8')) as { readonly abi: Abi; readonly bytecode: Hex } // as published
  const hash = await owner.walletClient.sendTransaction({
    account: owner.account,
    data: encodeDeployData({ abi, bytecode, args: [...args] }),
  })
  const { contractAddress } = await owner.publicClient.waitForTransactionReceipt({ hash })
  if (contractAddress === null || contractAddress === undefined) throw new Error(`Expected ${name} to be deployed.`)
  return getAddress(contractAddress)
}
