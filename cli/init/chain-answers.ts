import type { Address } from 'viem'
import { readToken } from '#client/bond-token.ts'
import { type Chain, latestBlock } from '#client/chain.ts'
import { readCreationBlock } from '#client/creation-block.ts'
import { requireCode } from '#client/code-at.ts'
import { readRegistryOracle, readRegistryTerms } from '#client/registry-terms.ts'
import { connectTo } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import { ETHER, formatAmount } from '../format.ts'
import { headCheck } from '../reporter/endpoint-checks.ts'

/** By what a node's time goes. */
export type Clock = 'system' | 'chain'

/** An endpoint that answers and is up to date. */
export type Endpoint = { readonly chain: Chain; readonly url: string; readonly found: string }

/** Asks an endpoint who it is and how late it is there. Throws DeadRpcError; InputError if clocks or chains differ. */
export async function checkEndpoint(
  url: string,
  {
    chainId,
    clock,
    now,
  }: { readonly chainId: number | undefined; readonly clock: Clock; readonly now: Context['now'] },
): Promise<Endpoint> {
  const chain = await connectTo(url, chainId)
  const { state, found, fix = '' } = headCheck(url, await latestBlock(chain), clock, now())
  if (state === 'bad') throw new InputError(`Expected an endpoint and a clock of the same time, got ${found}.`, fix)
  return { chain, url, found: `chain ${chain.chainId}, ${found}` }
}

/** What an oracle takes stake in, and since when it is there; 0 if the endpoint does not know. Throws NoCodeError, NotOracleError. */
export async function checkOracle(
  chain: Chain,
  oracle: Address,
): Promise<{ readonly oracle: Address; readonly fromBlock: bigint; readonly found: string }> {
  await requireCode(chain, 'a MaturityOracle', oracle)
  const token = await readToken(chain, oracle)
  const since = await readCreationBlock(chain, oracle)
  const place = since === undefined ? 'since a block that the endpoint does not know any more' : `since block ${since}`
  return { oracle, fromBlock: since ?? 0n, found: `takes stake in ${token.symbol}, ${place}` }
}

/** Who may join a registry, if it is of that oracle. Throws NoCodeError, NotRegistryError; InputError for that of another oracle. */
export async function checkRegistry(
  chain: Chain,
  registry: Address,
  oracle: Address,
): Promise<{ readonly registry: Address; readonly found: string }> {
  const { minStake, reporters } = await readRegistryTerms(chain, registry)
  const own = await readRegistryOracle(chain, registry)
  if (own !== oracle) {
    throw new InputError(
      `Expected a registry of the oracle ${oracle}, got that of ${own}.`,
      'A reporter of one oracle is none of another: correct one of them.',
    )
  }
  const least = formatAmount(minStake, ETHER, 18)
  return { registry, found: `${reporters} report, each with at least ${least}` }
}
