import { type Address, isAddressEqual } from 'viem'
import { splitVaultAbi as abi } from '#protocol/abi/split-vault.ts'
import { type BondToken, readBondToken, readTokenAt } from './bond-token.ts'
import type { Chain } from './chain.ts'
import { explained, isOfAnotherContract } from './errors.ts'

/** What a vault is of. */
export type VaultTerms = {
  readonly oracle: Address
  /** What is split and paid. It counts as WETH only if the vault takes and pays ether. */
  readonly collateral: BondToken
}

/** What the vault at the address is of. Throws {@link NotVaultError}, DeadRpcError. */
export async function readVaultTerms(chain: Chain, vault: Address): Promise<VaultTerms> {
  const { oracle, collateral } = await readParts(chain, vault)
  const [token, bondToken] = await Promise.all([readTokenAt(chain, collateral), readBondToken(chain, oracle)])
  return { oracle, collateral: { ...token, isWeth: token.isWeth && isAddressEqual(bondToken, collateral) } }
}

/** The contract at the address is no vault of ours. */
export class NotVaultError extends Error {
  override readonly name = 'Vault.NotVaultError'
  readonly address: Address
  constructor(address: Address, options: ErrorOptions) {
    super(`Expected a SplitVault at ${address}, got another contract.`, options)
    this.address = address
  }
}

async function readParts(chain: Chain, vault: Address): Promise<{ oracle: Address; collateral: Address }> {
  try {
    const [oracle, collateral] = await explained(chain.rpcUrl, 'COLLATERAL', () =>
      chain.publicClient.multicall({
        deployless: true,
        allowFailure: false,
        contracts: [
          { address: vault, abi, functionName: 'ORACLE' },
          { address: vault, abi, functionName: 'COLLATERAL' },
        ],
      }),
    )
    return { oracle, collateral }
  } catch (error) {
    throw isOfAnotherContract(error) ? new NotVaultError(vault, { cause: error }) : error
  }
}
