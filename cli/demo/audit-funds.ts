/*
 * Where every wei is, from balances and token transfers alone. Imports nothing of the product: not its ABIs, not its
 * payout rules.
 */
import type { Address, PublicClient } from 'viem'
import { parseAbi } from 'viem'

const tokenAbi = parseAbi([
  'function balanceOf(address) view returns (uint256)',
  'event Transfer(address indexed from, address indexed to, uint256 amount)',
  'event Deposit(address indexed to, uint256 amount)',
  'event Withdrawal(address indexed from, uint256 amount)',
])

/** What one account holds: ETH and wrapped ETH, wei. */
export type Holding = { readonly eth: bigint; readonly weth: bigint }

/** Holdings of every account by lower-case address. */
export type Ledger = ReadonlyMap<string, Holding>

/** A movement of wrapped ETH, wei; `from` or `to` undefined = unwrapped or wrapped. */
export type Movement = {
  readonly from: string | undefined
  readonly to: string | undefined
  readonly amount: bigint
}

/** What was burned and paid for gas in a range of blocks, wei. */
export type GasBill = { readonly burned: bigint; readonly bySender: ReadonlyMap<string, bigint> }

/** What {@link auditFunds} is to compare. */
export type FundsEvidence = {
  readonly weth: string
  readonly before: Ledger
  readonly after: Ledger
  readonly movements: readonly Movement[]
  readonly burned: bigint
}

/** One thing that does not add up, wei. */
export type FundsFault = { readonly what: string; readonly expected: bigint; readonly got: bigint }

/**
 * Every way in which a wei could have been made or lost: (1) all ETH before = all ETH after + burned base fees, over all
 * accounts; (2) wrapped ETH held by all accounts = ETH in the wrapper; (3) each account's wrapped ETH = what its transfers
 * add up to. An empty list means that funds are conserved to the wei.
 */
export function auditFunds({ weth, before, after, movements, burned }: FundsEvidence): FundsFault[] {
  const faults: FundsFault[] = []
  const check = (what: string, expected: bigint, got: bigint): void => {
    if (expected !== got) faults.push({ what, expected, got })
  }
  check('ETH of all accounts and burned fees', sum(before, 'eth'), sum(after, 'eth') + burned)
  check('wrapped ETH against the ETH behind it', after.get(weth.toLowerCase())?.eth ?? 0n, sum(after, 'weth'))
  const flows = new Map<string, bigint>()
  for (const { from, to, amount } of movements) {
    if (from !== undefined) flows.set(from, (flows.get(from) ?? 0n) - amount)
    if (to !== undefined) flows.set(to, (flows.get(to) ?? 0n) + amount)
  }
  for (const account of new Set([...flows.keys(), ...before.keys(), ...after.keys()])) {
    const held = (before.get(account)?.weth ?? 0n) + (flows.get(account) ?? 0n)
    check(`wrapped ETH of ${account}`, held, after.get(account)?.weth ?? 0n)
  }
  return faults
}

/**
 * Reads what `accounts` hold: at the block `at.block` with the token `at.weth`; without `at` now, when no token is there yet.
 */
export async function readLedger(
  client: PublicClient,
  accounts: Iterable<string>,
  at?: { readonly weth: Address; readonly block: bigint },
): Promise<Ledger> {
  const read = async (account: string): Promise<[string, Holding]> => {
    const address = account as Address // every account here came from a key, a transaction or a log
    const eth = await client.getBalance(at === undefined ? { address } : { address, blockNumber: at.block })
    if (at === undefined) return [account, { eth, weth: 0n }]
    const balance = { abi: tokenAbi, functionName: 'balanceOf', args: [address] } as const
    return [account, { eth, weth: await client.readContract({ ...balance, address: at.weth, blockNumber: at.block }) }]
  }
  const unique = new Set([...accounts].map((account) => account.toLowerCase()))
  return new Map(await Promise.all([...unique].map(read)))
}

/** Every movement of wrapped ETH in the blocks from `fromBlock` to `toBlock`, both included. */
export async function readMovements(
  client: PublicClient,
  weth: Address,
  fromBlock: bigint,
  toBlock: bigint,
): Promise<Movement[]> {
  const logs = await client.getContractEvents({ address: weth, abi: tokenAbi, fromBlock, toBlock, strict: true })
  return logs.map((log) => ({
    from: log.eventName === 'Deposit' ? undefined : log.args.from.toLowerCase(),
    to: log.eventName === 'Withdrawal' ? undefined : log.args.to.toLowerCase(),
    amount: log.args.amount,
  }))
}

/** Every account that sent, received or mined in the blocks from `fromBlock` to `toBlock`, and what gas cost. */
export async function readGas(
  client: PublicClient,
  fromBlock: bigint,
  toBlock: bigint,
): Promise<GasBill & { readonly accounts: ReadonlySet<string> }> {
  const numbers = Array.from({ length: Number(toBlock - fromBlock) + 1 }, (_, i) => fromBlock + BigInt(i))
  const blocks = await Promise.all(
    numbers.map(async (blockNumber) => ({
      block: await client.getBlock({ blockNumber }),
      receipts: await client.request<BlockReceipts>({
        method: 'eth_getBlockReceipts',
        params: [`0x${blockNumber.toString(16)}`],
      }),
    })),
  )
  let burned = 0n
  const bySender = new Map<string, bigint>()
  const accounts = new Set<string>()
  for (const { block, receipts } of blocks) {
    if (block.miner !== null) accounts.add(block.miner.toLowerCase())
    for (const receipt of receipts) {
      burned += BigInt(receipt.gasUsed) * (block.baseFeePerGas ?? 0n)
      const cost = BigInt(receipt.gasUsed) * BigInt(receipt.effectiveGasPrice)
      const sender = receipt.from.toLowerCase()
      bySender.set(sender, (bySender.get(sender) ?? 0n) + cost)
      for (const account of [receipt.from, receipt.to, receipt.contractAddress]) {
        if (account !== null && account !== undefined) accounts.add(account.toLowerCase())
      }
    }
  }
  return { burned, bySender, accounts }
}

type BlockReceipts = {
  Method: 'eth_getBlockReceipts'
  Parameters: [`0x${string}`]
  ReturnType: readonly {
    readonly from: string
    readonly to: string | null
    readonly contractAddress: string | null
    readonly gasUsed: string
    readonly effectiveGasPrice: string
  }[]
}

function sum(ledger: Ledger, token: keyof Holding): bigint {
  let total = 0n
  for (const holding of ledger.values()) total += holding[token]
  return total
}
