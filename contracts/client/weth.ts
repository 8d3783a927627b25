import { type Address, decodeFunctionData, type Hex, parseAbi } from 'viem'
import { callOf } from './call-of.ts'
import type { Chain, WritableChain } from './chain.ts'
import { explained } from './errors.ts'
import { type At, blockOf } from './one-block.ts'
import { type Call, send, type SendOptions } from './send.ts'

/** What we use of WETH, and of any ERC-20. */
export const wethAbi = parseAbi([
  'function deposit() payable',
  'function withdraw(uint256 amount)',
  'function approve(address spender, uint256 amount) returns (bool)',
  'function allowance(address owner, address spender) view returns (uint256)',
  'function balanceOf(address owner) view returns (uint256)',
  'function totalSupply() view returns (uint256)',
  'function symbol() view returns (string)',
  'function decimals() view returns (uint8)',
  'function transfer(address to, uint256 amount) returns (bool)',
  'event Transfer(address indexed from, address indexed to, uint256 amount)',
])

const approveAbi = wethAbi.filter((item) => item.name === 'approve')

const UNLIMITED = 2n ** 256n - 1n

/** `holder`'s WETH in wei, `at` a block or the latest. */
export async function wethBalance(chain: Chain, weth: Address, holder: Address, at?: At): Promise<bigint> {
  return explained(chain.rpcUrl, 'balanceOf', () =>
    chain.publicClient.readContract({
      address: weth,
      abi: wethAbi,
      functionName: 'balanceOf',
      args: [holder],
      ...blockOf(at),
    }),
  )
}

/** How much of `holder`'s WETH `spender` may take, wei, `at` a block or the latest. */
export async function wethAllowance(
  chain: Chain,
  weth: Address,
  holder: Address,
  spender: Address,
  at?: At,
): Promise<bigint> {
  return explained(chain.rpcUrl, 'allowance', () =>
    chain.publicClient.readContract({
      address: weth,
      abi: wethAbi,
      functionName: 'allowance',
      args: [holder, spender],
      ...blockOf(at),
    }),
  )
}

/**
 * Sees to it that the account holds at least `amount` wei of WETH, wrapping what is missing, and that `spender` may
 * take it. The allowance is unlimited: the oracle, the vault and the registry pull exactly what a call names.
 */
export async function ensureCollateral(
  chain: WritableChain,
  weth: Address,
  spender: Address,
  amount: bigint,
  options?: SendOptions,
): Promise<void> {
  const held = await wethBalance(chain, weth, chain.account.address)
  if (held < amount) await wrap(chain, weth, amount - held, options)
  if ((await wethAllowance(chain, weth, chain.account.address, spender)) >= amount) return
  await send(chain, approveCall(weth, spender, UNLIMITED), options)
}

/** The transaction that lets `spender` take up to `amount` wei of the account's tokens. */
export function approveCall(token: Address, spender: Address, amount: bigint): Call {
  return callOf(token, wethAbi, 'approve', [spender, amount])
}

/** Whom the data of an {@link approveCall} lets take tokens. */
export function approvedIn(data: Hex): Address {
  const { args } = decodeFunctionData({ abi: approveAbi, data })
  return args[0]
}

/** The transaction that turns `amount` wei of ETH into WETH. */
export function wrapCall(weth: Address, amount: bigint): Call {
  return { ...callOf(weth, wethAbi, 'deposit', []), value: amount }
}

/** The transaction that turns `amount` wei of WETH into ETH. */
export function unwrapCall(weth: Address, amount: bigint): Call {
  return callOf(weth, wethAbi, 'withdraw', [amount])
}

/** Turns `amount` wei of ETH into WETH. */
export async function wrap(chain: WritableChain, weth: Address, amount: bigint, options?: SendOptions): Promise<void> {
  await send(chain, wrapCall(weth, amount), options)
}

/** Sends `amount` wei of WETH. */
export async function transferWeth(
  chain: WritableChain,
  weth: Address,
  to: Address,
  amount: bigint,
  options?: SendOptions,
): Promise<void> {
  await send(chain, callOf(weth, wethAbi, 'transfer', [to, amount]), options)
}
