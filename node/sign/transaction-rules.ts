import type { Address, Hex } from 'viem'
import { decodeFunctionData, isAddressEqual } from 'viem/utils'
import { wethAbi } from '#client/weth.ts'
import { juryArbitratorAbi } from '#protocol/abi/jury-arbitrator.ts'
import { maturityOracleAbi } from '#protocol/abi/maturity-oracle.ts'
import { reporterRegistryAbi } from '#protocol/abi/reporter-registry.ts'

/** The contracts of one deployment, and whom its stakes are trusted to. */
export type Deployment = {
  readonly chainId: number
  readonly oracle: Address
  readonly registry: Address
  readonly bondToken: Address
  /** Stake goes only where both arbitrator and backup are among these. */
  readonly arbitrators: readonly Address[]
  /** Juries that the key votes in; undefined: none. */
  readonly juries?: readonly Address[] | undefined
}

/** What a transaction does. */
export type Content = {
  readonly chainId: number
  readonly to: Address
  readonly data: Hex
  readonly value: bigint
}

type Judged = { readonly arbitrator: Address; readonly backup: Address }

/**
 * Why a node of this deployment has no reason to send `content` from `account`; undefined if it may. Stakes can be lost to a
 * lie, but nothing can be given away: no transfers of tokens or receipts, allowances for oracle and registry only, own
 * currency only into the bond token. Nothing, sent to oneself, frees a nonce and is allowed.
 */
export function refusalOf(deployment: Deployment, account: Address, content: Content): string | undefined {
  const { chainId, to, data, value } = content
  if (chainId !== deployment.chainId) return `Expected chain ${deployment.chainId}, got ${chainId}.`
  const isSelf = isAddressEqual(to, account) && data === '0x'
  const isWrapping = isAddressEqual(to, deployment.bondToken) && data === WRAP
  if (value > 0n && !isWrapping) return `Expected own currency to be wrapped only, got ${value} wei for ${to}.`
  if (isSelf || isWrapping) return undefined
  try {
    if (isAddressEqual(to, deployment.oracle)) return refusalOfOracle(deployment, data)
    if (isAddressEqual(to, deployment.registry)) return refusalOfRegistry(deployment, account, data)
    if (isAddressEqual(to, deployment.bondToken)) return refusalOfToken(deployment, data)
    if (deployment.juries?.some((jury) => isAddressEqual(to, jury)) === true) return refusalOfJury(data)
  } catch {
    return `Expected a call of a function that it has, got ${data.slice(0, 10)} for ${to}.`
  }
  return `Expected a call of oracle, registry, bond token or jury, got one of ${to}.`
}

/** `deposit()`. */
const WRAP: Hex = '0xd0e30db0'

function refusalOfOracle(deployment: Deployment, data: Hex): string | undefined {
  const { functionName, args } = decodeFunctionData({ abi: maturityOracleAbi, data })
  switch (functionName) {
    case 'claim':
    case 'collect':
      return undefined
    case 'propose':
    case 'contribute':
    case 'appeal':
    case 'request':
      return distrust(deployment, args[0])
    default:
      return `Expected what a node sends to the oracle, got ${functionName}.`
  }
}

function refusalOfRegistry(deployment: Deployment, account: Address, data: Hex): string | undefined {
  const { functionName, args } = decodeFunctionData({ abi: reporterRegistryAbi, data })
  switch (functionName) {
    case 'publishRoster':
    case 'attest':
    case 'claimReward':
    case 'claimRewards':
    case 'slashEquivocation':
    case 'slashAttestation':
      return undefined
    case 'proposeAttested': {
      const { proposer } = args[1]
      // Who proposes for another pays the bond and gets nothing.
      if (!isAddressEqual(proposer, account)) return `Expected a proposal for ${account}, got one for ${proposer}.`
      return distrust(deployment, args[0])
    }
    default:
      return `Expected what a node sends to the registry, got ${functionName}.`
  }
}

/** Votes and what moves a case on; nothing that puts stakes in, and what comes out comes to the account. */
function refusalOfJury(data: Hex): string | undefined {
  const { functionName } = decodeFunctionData({ abi: juryArbitratorAbi, data })
  switch (functionName) {
    case 'readmit':
    case 'open':
    case 'draw':
    case 'reseed':
    case 'close':
    case 'commit':
    case 'reveal':
    case 'resolve':
    case 'withdraw':
      return undefined
    default:
      return `Expected what a node sends to a jury, got ${functionName}.`
  }
}

function refusalOfToken({ oracle, registry }: Deployment, data: Hex): string | undefined {
  const { functionName, args } = decodeFunctionData({ abi: wethAbi, data })
  if (functionName !== 'approve') return `Expected approve or deposit of the bond token, got ${functionName}.`
  const isTrusted = [oracle, registry].some((spender) => isAddressEqual(spender, args[0]))
  return isTrusted ? undefined : `Expected an allowance for oracle or registry, got one for ${args[0]}.`
}

/** Anyone may create a fixing that their own arbitrator rules. */
function distrust({ arbitrators }: Deployment, { arbitrator, backup }: Judged): string | undefined {
  const stranger = [arbitrator, backup].find((one) => !arbitrators.some((trusted) => isAddressEqual(trusted, one)))
  return stranger === undefined ? undefined : `Expected a trusted arbitrator, got ${stranger}.`
}
