import type { Address } from 'viem'
import { maturityOracleAbi } from '#protocol/abi/maturity-oracle.ts'
import type { Chain } from './chain.ts'
import { explained, isOfAnotherContract } from './errors.ts'
import { type At, atOneBlock, blockOf } from './one-block.ts'
import { readTokenKind, type TokenKind, wethAbi } from './weth.ts'

/** The token that an oracle takes stake in. */
export type BondToken = TokenKind & { readonly address: Address }

/** What an account can spend, wei of ETH and base units of the bond token, read at one block. */
export type Purse = {
  readonly eth: bigint
  readonly held: bigint
  /** What the oracle may take already. */
  readonly allowance: bigint
}

/** Where the token is that `oracle` takes stake in. Throws DeadRpcError. */
export async function readBondToken(chain: Chain, oracle: Address): Promise<Address> {
  return explained(chain.rpcUrl, 'BOND_TOKEN', () =>
    chain.publicClient.readContract({ address: oracle, abi: maturityOracleAbi, functionName: 'BOND_TOKEN' }),
  )
}

/** What the token that `oracle` takes stake in is. Throws {@link NotOracleError}, DeadRpcError. */
export async function readToken(chain: Chain, oracle: Address): Promise<BondToken> {
  return readTokenAt(chain, await readOracle(chain, oracle))
}

/** What the token at the address is: of no decimals if it names none. Throws DeadRpcError. */
export async function readTokenAt(chain: Chain, address: Address): Promise<BondToken> {
  return { address, ...(await readTokenKind(chain, address)) }
}

/**
 * Reads what `holder` has and what `spender` may take of it, at the block `at`, by default the latest. Throws ReorganisedError,
 * DeadRpcError.
 */
export async function readPurse(
  chain: Chain,
  token: Address,
  holder: Address,
  spender: Address,
  at?: At,
): Promise<Purse> {
  const contract = { address: token, abi: wethAbi } as const
  return atOneBlock(chain, at, (block) =>
    explained(chain.rpcUrl, 'balanceOf', async () => {
      const [eth, [held, allowance]] = await Promise.all([
        chain.publicClient.getBalance({ address: holder, ...blockOf(block) }),
        chain.publicClient.multicall({
          ...blockOf(block),
          deployless: true,
          allowFailure: false,
          contracts: [
            { ...contract, functionName: 'balanceOf', args: [holder] },
            { ...contract, functionName: 'allowance', args: [holder, spender] },
          ],
        }),
      ])
      return { eth, held, allowance }
    }),
  )
}

/** The contract at the address is no oracle of ours. */
export class NotOracleError extends Error {
  override readonly name = 'BondToken.NotOracleError'
  readonly address: Address
  constructor(address: Address, options: ErrorOptions) {
    super(`Expected a MaturityOracle at ${address}, got another contract.`, options)
    this.address = address
  }
}

/** ERC-6909: the oracle's receipts. */
const RECEIPTS = '0x0f632fb3'

/** Its bond token. Arbitrators and registry have one too, the registry also a sink, the vault receipts: only the oracle has all. */
async function readOracle(chain: Chain, oracle: Address): Promise<Address> {
  try {
    const contract = { address: oracle, abi: maturityOracleAbi } as const
    const [token] = await Promise.all([
      readBondToken(chain, oracle),
      explained(chain.rpcUrl, 'SINK', () => chain.publicClient.readContract({ ...contract, functionName: 'SINK' })),
      explained(chain.rpcUrl, 'supportsInterface', () =>
        chain.publicClient.readContract({ ...contract, functionName: 'supportsInterface', args: [RECEIPTS] }),
      ),
    ])
    return token
  } catch (error) {
    throw isOfAnotherContract(error) ? new NotOracleError(oracle, { cause: error }) : error
  }
}
