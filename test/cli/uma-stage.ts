import { type Address, encodeDeployData, encodeFunctionData, getAddress, type Hex, parseAbi } from 'viem'
import type { WritableChain } from '#client/chain.ts'
import { send } from '#client/send.ts'
import type { Deployer } from '../model/arena.ts'
import { ASSERT_TRUTH, raiseUmaContracts } from '../model/courts/uma-contracts.ts'
import { mined } from '../client/mined.ts'

/** UMA's published optimistic oracle, version 3, with its own stand-in for the vote of its token holders. */
export type UmaStage = {
  readonly court: Address
  /** Has the voters find true or false what was asserted at `assertedAt`, Unix seconds, and then disputed. */
  vote(assertionId: Hex, assertedAt: bigint, verdict: 'true' | 'false'): Promise<void>
}

const VOTING = parseAbi([
  'function pushPrice(bytes32 identifier, uint256 time, bytes ancillaryData, int256 price)',
  'function stampAssertion(bytes32 assertionId) view returns (bytes)',
])
const IS_TRUE = 10n ** 18n

/** Deploys it as `owner`, with `weth` on its list of currencies. */
export async function raiseUma(owner: WritableChain, weth: Address): Promise<UmaStage> {
  const { court, voters } = await raiseUmaContracts(deployerAs(owner), weth)
  return {
    court: getAddress(court),
    async vote(assertionId, assertedAt, verdict) {
      const stamp = await owner.publicClient.readContract({
        address: court,
        abi: VOTING,
        functionName: 'stampAssertion',
        args: [assertionId],
      })
      const args = [ASSERT_TRUTH, assertedAt, stamp, verdict === 'true' ? IS_TRUE : 0n] as const
      const data = encodeFunctionData({ abi: VOTING, functionName: 'pushPrice', args })
      await send(owner, { name: 'administer', to: voters, data })
    },
  }
}

function deployerAs(owner: WritableChain): Deployer {
  const sendAs: Deployer['send'] = async (data, to) => {
    const hash = await owner.walletClient.sendTransaction({ account: owner.account, data, to })
    const { status, contractAddress } = await mined(owner, hash)
    if (status !== 'success')
      throw new Error(`Expected UMA to be set up, got a failed call of ${to ?? 'a constructor'}.`)
    return contractAddress ?? (to as Address) // of a deployment, or whom it called
  }
  return {
    send: sendAs,
    deploy: ({ abi, bytecode }, args = []) => sendAs(encodeDeployData({ abi, bytecode, args: [...args] })),
  }
}
