import { type Address, encodeDeployData } from 'viem'
import { chainlinkFeedAbi } from '#protocol/abi/chainlink-feed.ts'
import { conditionalTokensReporterAbi } from '#protocol/abi/conditional-tokens-reporter.ts'
import { erc7726QuoteAbi } from '#protocol/abi/erc-7726-quote.ts'
import { morphoPriceAbi } from '#protocol/abi/morpho-price.ts'
import { resultsByIdAbi } from '#protocol/abi/results-by-id.ts'
import { splitVaultAbi } from '#protocol/abi/split-vault.ts'
import type { Fixing } from '#protocol/fixing.ts'
import { chainlinkFeedBytecode } from './bytecode/chainlink-feed.ts'
import { conditionalTokensReporterBytecode } from './bytecode/conditional-tokens-reporter.ts'
import { erc7726QuoteBytecode } from './bytecode/erc-7726-quote.ts'
import { morphoPriceBytecode } from './bytecode/morpho-price.ts'
import { resultsByIdBytecode } from './bytecode/results-by-id.ts'
import { splitVaultBytecode } from './bytecode/split-vault.ts'
import { type DeploymentStep, stepOf } from './deployment-step.ts'

/** As the adapters' own MAX_DECIMALS. */
const MAX_DECIMALS = 18

/** A vault to deploy. */
export type VaultTerms = {
  readonly collateral: Address
  /** Bond-token wei per 1e18 wei of collateral, at most 2^128 - 1; 1e18 for the bond token itself. */
  readonly bondRate: bigint
}

/** A {@link planChainlinkFeed} to deploy. */
export type ChainlinkFeedTerms = {
  readonly fixing: Fixing
  /** Of the answer, 0 .. 18. */
  readonly decimals: number
  readonly description: string
}

/** A {@link planMorphoPrice} to deploy. Decimals are of the two tokens, 0 .. 18; nothing compares them with the tokens. */
export type MorphoPriceTerms = {
  readonly fixing: Fixing
  readonly loanDecimals: number
  readonly collateralDecimals: number
}

/** A {@link planErc7726Quote} to deploy. Decimals are of the two tokens, 0 .. 18; nothing compares them with the tokens. */
export type Erc7726QuoteTerms = {
  readonly fixing: Fixing
  readonly base: Address
  readonly baseDecimals: number
  readonly quote: Address
  readonly quoteDecimals: number
}

/** A vault of `oracle` for the collateral of the terms. */
export function planVault(oracle: Address, { collateral, bondRate }: VaultTerms): DeploymentStep {
  const args = [oracle, collateral, bondRate] as const
  const initCode = encodeDeployData({ abi: splitVaultAbi, bytecode: splitVaultBytecode, args })
  return stepOf({ contract: 'SplitVault', creationCode: splitVaultBytecode, initCode })
}

/** A feed of `oracle`'s settlement of one fixing, for readers of AggregatorV3. Deploying it announces the fixing. Throws {@link DecimalsError}. */
export function planChainlinkFeed(
  oracle: Address,
  { fixing, decimals, description }: ChainlinkFeedTerms,
): DeploymentStep {
  requireDecimals({ decimals })
  const args = [oracle, fixing, decimals, description] as const
  const initCode = encodeDeployData({ abi: chainlinkFeedAbi, bytecode: chainlinkFeedBytecode, args })
  return stepOf({ contract: 'ChainlinkFeed', creationCode: chainlinkFeedBytecode, initCode })
}

/** The oracle of a Morpho Blue market, by `oracle`'s settlement of one fixing. Deploying it announces the fixing. Throws {@link DecimalsError}. */
export function planMorphoPrice(
  oracle: Address,
  { fixing, loanDecimals, collateralDecimals }: MorphoPriceTerms,
): DeploymentStep {
  requireDecimals({ loanDecimals, collateralDecimals })
  const args = [oracle, fixing, loanDecimals, collateralDecimals] as const
  const initCode = encodeDeployData({ abi: morphoPriceAbi, bytecode: morphoPriceBytecode, args })
  return stepOf({ contract: 'MorphoPrice', creationCode: morphoPriceBytecode, initCode })
}

/** A source of ERC-7726 quotes, by `oracle`'s settlement of one fixing. Deploying it announces the fixing. Throws {@link DecimalsError}. */
export function planErc7726Quote(
  oracle: Address,
  { fixing, base, baseDecimals, quote, quoteDecimals }: Erc7726QuoteTerms,
): DeploymentStep {
  requireDecimals({ baseDecimals, quoteDecimals })
  const args = [oracle, fixing, base, baseDecimals, quote, quoteDecimals] as const
  const initCode = encodeDeployData({ abi: erc7726QuoteAbi, bytecode: erc7726QuoteBytecode, args })
  return stepOf({ contract: 'Erc7726Quote', creationCode: erc7726QuoteBytecode, initCode })
}

/** What answers for every fixing of `oracle` by its id: EIP-2362, Reality.eth and `getResolvedValue`. One is enough for all. */
export function planResultsById(oracle: Address): DeploymentStep {
  const initCode = encodeDeployData({ abi: resultsByIdAbi, bytecode: resultsByIdBytecode, args: [oracle] })
  return stepOf({ contract: 'ResultsById', creationCode: resultsByIdBytecode, initCode })
}

/** A reporter of `oracle`'s settlements to Gnosis's conditional tokens at an address. */
export function planConditionalTokensReporter(oracle: Address, conditionalTokens: Address): DeploymentStep {
  const initCode = encodeDeployData({
    abi: conditionalTokensReporterAbi,
    bytecode: conditionalTokensReporterBytecode,
    args: [oracle, conditionalTokens],
  })
  return stepOf({ contract: 'ConditionalTokensReporter', creationCode: conditionalTokensReporterBytecode, initCode })
}

/** Decimals that no adapter takes: a value has 18. */
export class DecimalsError extends Error {
  override readonly name = 'ConsumerPlan.DecimalsError'
  readonly hint = 'Give as many as the token or the feed has.'
  constructor(what: string, got: number) {
    super(`Expected ${what} within 0 .. ${MAX_DECIMALS}, got ${got}.`)
  }
}

function requireDecimals(all: Readonly<Record<string, number>>): void {
  for (const [what, got] of Object.entries(all)) {
    if (!Number.isInteger(got) || got < 0 || got > MAX_DECIMALS) throw new DecimalsError(what, got)
  }
}
