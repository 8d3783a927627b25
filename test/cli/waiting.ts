import { afterAll, afterEach, beforeAll } from 'vitest'
import { type Hex, numberToHex, parseTransaction } from 'viem'
import { latestBlock } from '#client/chain.ts'
import type { Context } from '../../cli/context.ts'
import { ETHER } from '../client/chain-fixture.ts'
import { request } from '../model/rpc.ts'
import { type Court, type Disputer, openCourt, withoutChance } from './disputer.ts'
import { type Between, type Rewrite, type RpcProxy, startProxy } from './rpc-proxy.ts'

/** In wei. */
export const GWEI = 10n ** 9n
/** Of the tests of a file: its chain mines at once, unless one of them says otherwise. */
export let court: Court
let people = 0
let proxy: RpcProxy | undefined

beforeAll(async () => {
  court = await openCourt()
})

afterEach(async () => {
  await proxy?.close()
  proxy = undefined
  await court.stage.embedded.setMining('instant')
  await mine()
})

afterAll(() => court.close())

/** Somebody else every time, with a keystore and so much ETH. */
export function somebody(wei = ETHER): Promise<Disputer> {
  people += 1
  return court.disputer(`hurried-${people}`, wei)
}

/** Mines all that waits. */
export async function mine(): Promise<void> {
  const { time } = await latestBlock(await court.stage.as('mallory'))
  await court.stage.embedded.mineAt(time + 1n)
}

/** An endpoint in place of the chain's, until the test ends or opens another. */
export async function openProxy(between: Between, rewrite?: Rewrite, ask?: Rewrite): Promise<RpcProxy> {
  await proxy?.close()
  proxy = await startProxy(court.stage.embedded.rpcUrl, between, rewrite, ask)
  return proxy
}

/** Has `count` transactions of somebody wait from now on: nothing is mined any more. */
export async function keepWaiting({ chain, account }: Disputer, count: number): Promise<readonly Hex[]> {
  await court.stage.embedded.setMining('manual')
  const hashes: Hex[] = []
  for (let nonce = 0; nonce < count; nonce += 1) {
    const fees = { maxFeePerGas: 3n * GWEI, maxPriorityFeePerGas: GWEI }
    hashes.push(
      await chain.walletClient.sendTransaction({ to: account.address, value: 7n, nonce, gas: 21_000n, ...fees }),
    )
  }
  return hashes
}

/** Runs `assize cancel` through an endpoint that mines as soon as a receipt is asked for, and does what else `between` says. */
export async function cancelAt(
  person: Disputer,
  args: readonly string[] = ['--yes'],
  between: Between = () => undefined,
  { rewrite, ask, world = {} }: { rewrite?: Rewrite; ask?: Rewrite; world?: Partial<Context> } = {},
) {
  const sent: Hex[] = []
  let isMined = false
  const { url } = await openProxy(
    async (method, params, gone) => {
      if (method === 'eth_sendRawTransaction') sent.push(params[0] as Hex) // as JSON-RPC has it
      if (method === 'eth_getTransactionReceipt' && !isMined) {
        isMined = true
        await mine()
      }
      return between(method, params, gone)
    },
    rewrite,
    ask,
  )
  const env = { ...person.env, ASSIZE_RPC_URL: url }
  const ended = await person.run(['cancel', ...args], { env, ...world })
  return { ...ended, sent, offers: sent.map((raw) => parseTransaction(raw)) }
}

/** Without what depends on the chain's fees, blocks and ports. */
export function plain(text: string): string {
  return withoutChance(text)
    .replaceAll(/\d+(?:\.\d+)? ETH|~0 ETH/g, 'ETH')
    .replaceAll(/block \d+/g, 'block N')
    .replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')
}

/** Mines so many blocks that have no room for any transaction. */
export async function mineNothing(count: number): Promise<void> {
  const { rpcUrl } = court.stage.embedded
  await request(rpcUrl, 'evm_setBlockGasLimit', ['0x5000'])
  await request(rpcUrl, 'anvil_mine', [numberToHex(count)])
  await request(rpcUrl, 'evm_setBlockGasLimit', ['0x1c9c380'])
}
