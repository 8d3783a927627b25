import { type Address, BaseError, decodeFunctionData, encodeFunctionData, type Hex, parseAbi } from 'viem'
import { callOf } from './call-of.ts'
import { type Chain, silenceIn, type WritableChain } from './chain.ts'
import { explained } from './errors.ts'
import { type At, blockOf } from './one-block.ts'
import { type Call, send, sendFor, type SendOptions } from './send.ts'

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
const ETHER_DECIMALS = 18

/** What a token calls itself, and whether ETH can be wrapped into it. */
export type TokenKind = { readonly symbol: string; readonly decimals: number; readonly isWeth: boolean }

/** Reads the {@link TokenKind} of the token at that address. Throws DeadRpcError. */
export async function readTokenKind(chain: Chain, address: Address): Promise<TokenKind> {
  return explained(chain.rpcUrl, 'symbol', async () => {
    const token = { address, abi: wethAbi } as const
    const [symbol, decimals] = await chain.publicClient.multicall({
      deployless: true,
      contracts: [
        { ...token, functionName: 'symbol' },
        { ...token, functionName: 'decimals' },
      ],
    })
    for (const { error } of [symbol, decimals]) requireAnswer(chain, error)
    const named = { symbol: plain(symbol.result), decimals: decimals.result ?? 0 }
    const isWeth = named.symbol === 'WETH' && named.decimals === ETHER_DECIMALS && (await takesEther(chain, address))
    return { ...named, isWeth }
  })
}

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
 * Sees to it that the account holds at least `amount` base units of `token`, and that `spender` may take them. What is missing of WETH is
 * wrapped; of another token nothing is sent, and {@link TooFewTokensError} is thrown. The allowance is unlimited: the oracle, the vault and the
 * registry pull exactly what a call names.
 */
export async function ensureCollateral(
  chain: WritableChain,
  token: Address,
  spender: Address,
  amount: bigint,
  options?: SendOptions,
): Promise<void> {
  const held = await wethBalance(chain, token, chain.account.address)
  if (held < amount) {
    const kind = await readTokenKind(chain, token)
    if (!kind.isWeth) throw new TooFewTokensError(kind.symbol, { token, held, amount })
    await wrap(chain, token, amount - held, options)
  }
  const allowed = await wethAllowance(chain, token, chain.account.address, spender)
  if (allowed >= amount) return
  // Some tokens, as USDT, let nobody change one allowance into another.
  if (allowed > 0n && !(await readTokenKind(chain, token)).isWeth) {
    await send(chain, approveCall(token, spender, 0n), options)
  }
  await send(chain, approveCall(token, spender, UNLIMITED), options)
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
  await sendFor(
    chain,
    callOf(weth, wethAbi, 'transfer', [to, amount]),
    { abi: wethAbi, eventName: 'Transfer', args: { from: chain.account.address, to } },
    options,
  )
}

/** Anyone names a token: what is not a plain word is not shown. */
function plain(symbol: string | undefined): string {
  return symbol !== undefined && /^[\w.-]{1,16}$/.test(symbol) ? symbol : 'tokens'
}

/** Bridged tokens are called WETH too, but take no deposits. */
async function takesEther(chain: Chain, token: Address): Promise<boolean> {
  try {
    await chain.publicClient.call({ to: token, data: encodeFunctionData({ abi: wethAbi, functionName: 'deposit' }) })
    return true
  } catch (error) {
    requireAnswer(chain, error)
    return false
  }
}

/** What a token refuses says something of it; throws DeadRpcError where the endpoint did not answer, which says nothing. */
function requireAnswer({ rpcUrl }: Chain, error: unknown): void {
  const silence = error instanceof BaseError ? silenceIn(rpcUrl, error) : undefined
  if (silence !== undefined) throw silence
}

/** The account has too few of a token into which no ether can be wrapped. Nothing was sent. */
export class TooFewTokensError extends Error {
  override readonly name = 'Weth.TooFewTokensError'
  readonly token: Address
  readonly missing: bigint
  readonly hint: string
  constructor(symbol: string, { token, held, amount }: { token: Address; held: bigint; amount: bigint }) {
    super(`Expected the account to hold ${amount} base units of ${symbol} at ${token}, got ${held}.`)
    this.token = token
    this.missing = amount - held
    this.hint = `Get ${this.missing} more of it first: ether can be wrapped into WETH alone.`
  }
}
