import { type Address, type Hex, parseAbi, parseEventLogs, zeroAddress } from 'viem'
import { umaArbitratorAbi as abi } from '#protocol/abi/uma-arbitrator.ts'
import type { Fixing } from '#protocol/fixing.ts'
import { callOf } from './call-of.ts'
import type { Chain } from './chain.ts'
import { explained, isOfAnotherContract, OracleRevertError, SilentRevertError } from './errors.ts'
import { type BlockRange, logsOf } from './fixing-log.ts'
import type { Call } from './send.ts'

/** What we use of UMA's optimistic oracle, version 3. https://docs.uma.xyz/developers/optimistic-oracle-v3 */
const courtAbi = parseAbi([
  'struct EscalationManagerSettings { bool arbitrateViaEscalationManager; bool discardOracle; bool validateDisputers; address assertingCaller; address escalationManager; }',
  'struct Assertion { EscalationManagerSettings escalationManagerSettings; address asserter; uint64 assertionTime; bool settled; address currency; uint64 expirationTime; bool settlementResolution; bytes32 domainId; bytes32 identifier; uint256 bond; address callbackRecipient; address disputer; }',
  'function getAssertion(bytes32 assertionId) view returns (Assertion)',
  'function burnedBondPercentage() view returns (uint256)',
  'function disputeAssertion(bytes32 assertionId, address disputer)',
  'function settleAssertion(bytes32 assertionId)',
  'function settleAndGetAssertionResult(bytes32 assertionId) returns (bool)',
])

/** UMA's unit of parts of a bond. */
const WHOLE = 10n ** 18n

/** A claim is true this part of the fixing's separation off, too. */
const TOLERANCE = 20

/** How far from the index's value a claim of the fixing is true, whole ppm, rounded down. */
export function claimTolerancePpm({ separationPpm }: Pick<Fixing, 'separationPpm'>): number {
  return Math.floor(separationPpm / TOLERANCE)
}

/** What an adapter asks, and under which terms now. */
export type UmaAdapter = {
  readonly address: Address
  /** UMA's optimistic oracle, as the adapter says: anybody can deploy one that says another. */
  readonly court: Address
  /** How long an assertion can be disputed, seconds. */
  readonly liveness: bigint
  /** The bond of an assertion, bond-token wei. */
  readonly bond: bigint
  /** Of each 1e18 wei of a loser's bond, what UMA keeps. */
  readonly burned: bigint
}

/**
 * Where an assertion stands: it can be disputed; nobody did in time; UMA votes on it; UMA has voted; settled.
 * Those that are `ripe` or `voted` can be settled.
 */
export type UmaStage = 'open' | 'ripe' | 'disputed' | 'voted' | 'settled'

/** One value of the fixing before UMA. */
export type UmaAssertion = {
  readonly assertionId: Hex
  readonly asserter: Address
  /** Scaled by 1e18, or INVALID. */
  readonly value: bigint
  /** First second at which it cannot be disputed any more. */
  readonly expiry: bigint
  /** What its asserter paid, and a disputer pays, bond-token wei. */
  readonly bond: bigint
  readonly disputer: Address | undefined
  readonly stage: UmaStage
  /** What UMA says, or will say when it is settled; undefined while that is open. */
  readonly isTrue: boolean | undefined
}

/** The ruling, and who is paid for it. */
export type UmaRuling = { readonly value: bigint; readonly asserter: Address }

/** The adapter at the address; undefined if another contract is there. Throws DeadRpcError. */
export async function readUma(chain: Chain, address: Address): Promise<UmaAdapter | undefined> {
  try {
    return await explained(chain.rpcUrl, 'COURT', async () => {
      const contract = { address, abi } as const
      const [liveness, court, bond] = await Promise.all([
        chain.publicClient.readContract({ ...contract, functionName: 'LIVENESS' }),
        chain.publicClient.readContract({ ...contract, functionName: 'COURT' }),
        chain.publicClient.readContract({ ...contract, functionName: 'price' }),
      ])
      const burned = await chain.publicClient.readContract({
        address: court,
        abi: courtAbi,
        functionName: 'burnedBondPercentage',
      })
      return { address, court, liveness, bond, burned }
    })
  } catch (error) {
    if (isOfAnotherContract(error)) return undefined
    throw error
  }
}

/** What UMA found true of fixing `id` first; undefined if it found nothing true yet. Throws DeadRpcError. */
export async function readUmaRuling(chain: Chain, adapter: Address, id: Hex): Promise<UmaRuling | undefined> {
  const { asserter, value } = await explained(chain.rpcUrl, 'caseOf', () =>
    chain.publicClient.readContract({ address: adapter, abi, functionName: 'caseOf', args: [id] }),
  )
  return asserter === zeroAddress ? undefined : { asserter, value }
}

/** What UMA's voters are asked about the fixing and `value`, in English. Throws DeadRpcError. */
export async function readClaim(chain: Chain, adapter: Address, fixing: Fixing, value: bigint): Promise<string> {
  return explained(chain.rpcUrl, 'claimOf', () =>
    chain.publicClient.readContract({ address: adapter, abi, functionName: 'claimOf', args: [fixing, value] }),
  )
}

/**
 * What was asserted of fixing `id` through the adapter in the range, in chain order, as of `now`, Unix seconds. What was asserted
 * at UMA past the adapter says nothing and is left out. Throws DeadRpcError.
 */
export async function readAssertions(
  chain: Chain,
  { address, court }: Pick<UmaAdapter, 'address' | 'court'>,
  id: Hex,
  range: BlockRange,
  now: bigint,
): Promise<UmaAssertion[]> {
  const logs = parseEventLogs({ abi, logs: await logsOf(chain, address, range, id), eventName: 'Asserted' })
  return Promise.all(
    logs.map(async ({ args: { assertionId, asserter, value, expiry } }) => {
      const held = await readHeld(chain, court, assertionId)
      const disputer = held.disputer === zeroAddress ? undefined : held.disputer
      const assertion = { assertionId, asserter, value, expiry, bond: held.bond, disputer }
      if (held.settled) return { ...assertion, stage: 'settled' as const, isTrue: held.settlementResolution }
      if (disputer === undefined) {
        return now < expiry
          ? { ...assertion, stage: 'open' as const, isTrue: undefined }
          : { ...assertion, stage: 'ripe' as const, isTrue: true }
      }
      const isTrue = await votedOn(chain, court, assertionId)
      return { ...assertion, stage: isTrue === undefined ? ('disputed' as const) : ('voted' as const), isTrue }
    }),
  )
}

/** What the winner of a dispute gets of the loser's bond, wei; rounds as UMA does, which keeps the rest. */
export function winningsOf(bond: bigint, { burned }: Pick<UmaAdapter, 'burned'>): bigint {
  return bond - (bond * burned) / WHOLE
}

/** Asserts at UMA that the fixing is at `value`; the adapter takes the bond. */
export function assertValueCall(adapter: Address, fixing: Fixing, value: bigint): Call {
  return callOf(adapter, abi, 'assertValue', [fixing, value])
}

/** Disputes an assertion at UMA for `disputer`; the court takes the bond from the caller. */
export function disputeAssertionCall(court: Address, assertionId: Hex, disputer: Address): Call {
  return callOf(court, courtAbi, 'disputeAssertion', [assertionId, disputer])
}

/** Has UMA settle an assertion that nobody disputed in time or that was voted on: pays the bonds, and tells the adapter. */
export function settleAssertionCall(court: Address, assertionId: Hex): Call {
  return callOf(court, courtAbi, 'settleAssertion', [assertionId])
}

/** Brings what UMA found true to the oracle. */
export function bringCall(adapter: Address, fixing: Fixing): Call {
  return callOf(adapter, abi, 'bring', [fixing])
}

/** An assertion as UMA keeps it. */
function readHeld(chain: Chain, court: Address, assertionId: Hex) {
  return explained(chain.rpcUrl, 'getAssertion', () =>
    chain.publicClient.readContract({
      address: court,
      abi: courtAbi,
      functionName: 'getAssertion',
      args: [assertionId],
    }),
  )
}

/** What UMA's vote on a disputed assertion came to; undefined while it goes on. Nothing is sent. */
async function votedOn(chain: Chain, court: Address, assertionId: Hex): Promise<boolean | undefined> {
  try {
    return await explained(chain.rpcUrl, 'settleAndGetAssertionResult', async () => {
      const { result } = await chain.publicClient.simulateContract({
        address: court,
        abi: courtAbi,
        functionName: 'settleAndGetAssertionResult',
        args: [assertionId],
      })
      return result
    })
  } catch (error) {
    if (error instanceof OracleRevertError || error instanceof SilentRevertError) return undefined
    throw error
  }
}
