import { type Abi, type Address, encodeDeployData, encodeFunctionData, type Hex, type LocalAccount } from 'viem'
import { EMBEDDED_CHAIN_ID, startEmbeddedChain } from '#client/embedded-chain.ts'
import { accountOf } from '../client/chain-fixture.ts'
import { request } from '../model/rpc.ts'

/** Far above what any step needs; what is left over costs nothing. */
const GAS_LIMIT = 8_000_000n
const MAX_FEE_PER_GAS = 10n ** 12n
const MEANS = 10n ** 24n

/** A mined transaction: its hash and the `gasUsed` of its receipt, base and calldata included, refunds taken off. */
export type Transaction = { readonly hash: Hex; readonly gas: number }

/** A chain on which transactions are signed, mined one to a block, and weighed. */
export type BenchChain = {
  readonly url: string
  /** Creates a contract from the deployer: its address depends on how many came before, never on its code. */
  deploy(bytecode: Hex, abi: Abi, args: readonly unknown[]): Promise<Address>
  /** Sends an EIP-1559 transaction as `name`, an account of its own with ether. Throws {@link FailedStepError}. */
  send(name: string, to: Address, data: Hex, value?: bigint): Promise<Transaction>
  /** The next transaction is mined at `time`, seconds; later ones a second apart. */
  at(time: bigint): Promise<void>
  stop(): Promise<void>
}

/** Starts an anvil at `startTime` that can trace every step of what it mined. */
export async function openBenchChain(startTime: bigint): Promise<BenchChain> {
  const embedded = await startEmbeddedChain({ startTime, traces: 'steps' })
  const url = embedded.rpcUrl
  const nonces = new Map<string, number>()
  const sign = async (account: LocalAccount, to: Address | undefined, data: Hex, value: bigint): Promise<Hex> => {
    const nonce = nonces.get(account.address) ?? 0
    if (nonce === 0) await embedded.setBalance(account.address, MEANS)
    nonces.set(account.address, nonce + 1)
    const fees = { maxFeePerGas: MAX_FEE_PER_GAS, maxPriorityFeePerGas: 0n, gas: GAS_LIMIT }
    const content = { chainId: EMBEDDED_CHAIN_ID, nonce, data, value, ...fees, type: 'eip1559' } as const
    return account.signTransaction(to === undefined ? content : { ...content, to })
  }
  const mine = async (name: string, to: Address | undefined, data: Hex, value = 0n): Promise<Receipt> => {
    const raw = await sign(accountOf(name), to, data, value)
    const receipt = (await request(url, 'eth_sendRawTransactionSync', [raw])) as Receipt // EIP-7966
    if (receipt.status !== '0x1') throw new FailedStepError(name, data)
    return receipt
  }
  return {
    url,
    deploy: async (bytecode, abi, args) =>
      (await mine('deployer', undefined, encodeDeployData({ abi, bytecode, args }))).contractAddress,
    send: async (name, to, data, value) => {
      const { transactionHash, gasUsed } = await mine(name, to, data, value)
      return { hash: transactionHash, gas: Number(gasUsed) }
    },
    at: (time) => embedded.setNextBlockTime(time),
    stop: () => embedded.stop(),
  }
}

/** A contract that can be called. */
export type Target = { readonly address: Address; readonly abi: Abi }

/** Sends the call of one function of `target`. */
export async function call(
  chain: BenchChain,
  name: string,
  { address, abi }: Target,
  functionName: string,
  args: readonly unknown[],
): Promise<Transaction> {
  return chain.send(name, address, encodeFunctionData({ abi, functionName, args }))
}

/** A transaction that a scene needs reverted. */
export class FailedStepError extends Error {
  override readonly name = 'Bench.FailedStepError'
  readonly account: string
  readonly data: Hex
  constructor(account: string, data: Hex) {
    super(`Expected the transaction of ${account} to succeed, got a revert of ${data.slice(0, 10)}.`)
    this.account = account
    this.data = data
  }
}

type Receipt = {
  readonly status: Hex
  readonly transactionHash: Hex
  readonly gasUsed: Hex
  readonly contractAddress: Address
}
