import { concatHex, type Hex, keccak256, numberToHex, toEventSelector } from 'viem'
import type { Origin } from './source-map.ts'
import type { Log, Operation, Trace } from './trace.ts'

/** What gas is spent on, in the order of the account. Every operation belongs to exactly one. */
export const GROUPS = [
  'transaction and calldata',
  'cold access',
  'storage writes',
  'events',
  'ERC-6909 balances',
  "the token's own execution",
  'calling the token',
  'precompiles',
  'other contracts',
  'reentrancy guard',
  'dispatch, ABI, ids, validation',
  'the rules',
  'refund',
] as const
export type Group = (typeof GROUPS)[number]

/**
 * One group's part of a transaction. `floor`: what stays when all code between the operations that have a price of
 * their own (storage, events, calls, hashes, what other contracts do) costs nothing.
 */
export type Part = { readonly group: Group; readonly gas: number; readonly floor: number }

/** What code is made of, in the order of the account: which opcodes it spends its gas on. */
export const KINDS = ['stack', 'jumps', 'arithmetic, comparisons, bits', 'memory', 'calldata', 'other'] as const
export type Kind = (typeof KINDS)[number]

/** One kind's part of the code of a transaction, with how many operations it is. */
export type CodePart = { readonly kind: Kind; readonly gas: number; readonly count: number }

/** The contracts that may be called, by what their execution counts as. */
export type Callees = { readonly token: string }

const BALANCE_MOVED = toEventSelector('Transfer(address,address,address,uint256,uint256)')
/** More storage variables than either contract declares. */
const SLOTS = 32

/** Lower addresses are the chain's own. */
const FIRST_DEPLOYED = 0x1_000n
const COLD_SLOAD = 2_100
const COLD_ACCOUNT = 2_600
const WARM = 100
/** EIP-2929 and EIP-2200: what a write costs when its slot is cold; a part of it is the access. */
const COLD_SSTORES = [22_100, 5_000, 2_200]
const ARITHMETIC = new Set(
  'ADD MUL SUB DIV SDIV MOD SMOD ADDMOD MULMOD EXP SIGNEXTEND LT GT SLT SGT EQ ISZERO AND OR XOR NOT BYTE SHL SHR SAR'.split(
    ' ',
  ),
)
const CALLS = ['CALL', 'STATICCALL', 'DELEGATECALL']

/** Takes a transaction apart by what its gas was spent on; the parts sum up to its `gasUsed`. */
export function gasAccountOf(
  trace: Trace,
  origin: (pc: number) => Origin | undefined,
  { token }: Callees,
): readonly Part[] {
  const sums = new Map<Group, { gas: number; floor: number }>(GROUPS.map((group) => [group, { gas: 0, floor: 0 }]))
  const add = (group: Group, gas: number, floor: number): void => {
    const sum = sums.get(group)
    if (sum === undefined) return
    sum.gas += gas
    sum.floor += floor
  }
  add('transaction and calldata', trace.intrinsic, trace.intrinsic)
  add('refund', -trace.refund, -trace.refund)
  const balances = balanceSlots(trace.logs)
  let callee: Group = 'other contracts'
  for (const operation of trace.operations) {
    const { op, depth, cost, stack } = operation
    if (depth > 1) {
      add(callee, cost, cost)
      continue
    }
    const called = CALLS.includes(op) ? calledBy(operation, token) : undefined
    if (called !== undefined) callee = called === 'calling the token' ? "the token's own execution" : called
    const cold = coldPart(operation)
    const isBalance = (op === 'SLOAD' || op === 'SSTORE') && balances.has(BigInt(stack.at(-1) ?? 0))
    const group = isBalance ? 'ERC-6909 balances' : (called ?? groupOf(operation, origin(operation.pc)))
    if (group === 'ERC-6909 balances') {
      add(group, cost, isPriced(operation) ? cost : 0)
      continue
    }
    add('cold access', cold, cold)
    add(group, cost - cold, isPriced(operation) ? cost - cold : 0)
  }
  return GROUPS.map((group) => ({ group, ...(sums.get(group) ?? { gas: 0, floor: 0 }) }))
}

/**
 * What the code between the priced operations of the called contract consists of: the difference of `gas` and `floor` of
 * {@link gasAccountOf}, by opcode.
 */
export function codeAccountOf({ operations }: Pick<Trace, 'operations'>): readonly CodePart[] {
  const code = operations.filter((operation) => operation.depth === 1 && !isPriced(operation))
  return KINDS.map((kind) => {
    const own = code.filter(({ op }) => kindOf(op) === kind)
    return { kind, gas: own.reduce((sum, { cost }) => sum + cost, 0), count: own.length }
  })
}

function kindOf(op: string): Kind {
  if (/^(?:PUSH|DUP|SWAP|POP)/.test(op)) return 'stack'
  if (op.startsWith('JUMP')) return 'jumps'
  if (['MLOAD', 'MSTORE', 'MSTORE8', 'MCOPY'].includes(op)) return 'memory'
  if (op.startsWith('CALLDATA')) return 'calldata'
  return ARITHMETIC.has(op) ? 'arithmetic, comparisons, bits' : 'other'
}

/**
 * The storage slots of the ERC-6909 balances that the transaction moved, by its events: whichever of owner and id the
 * nested mapping has first, and wherever it is declared.
 */
function balanceSlots(logs: readonly Log[]): ReadonlySet<bigint> {
  const slots = new Set<bigint>()
  for (const { topics } of logs) {
    const [selector, from, to, id] = topics
    if (selector !== BALANCE_MOVED || from === undefined || to === undefined || id === undefined) continue
    for (let slot = 0; slot < SLOTS; slot += 1) {
      for (const owner of [from, to]) {
        const place = numberToHex(slot, { size: 32 })
        slots.add(BigInt(entryOf(id, entryOf(owner, place))))
        slots.add(BigInt(entryOf(owner, entryOf(id, place))))
      }
    }
  }
  return slots
}

/** Where a mapping at `slot` keeps the entry of `key`. */
function entryOf(key: Hex, slot: Hex): Hex {
  return keccak256(concatHex([key, slot]))
}

/** The part of a cost that is due to the slot or the account not having been touched before. */
function coldPart({ op, cost }: Operation): number {
  if (op === 'SLOAD' && cost === COLD_SLOAD) return cost
  if (op === 'SSTORE' && COLD_SSTORES.includes(cost)) return COLD_SLOAD
  if (CALLS.includes(op) && cost >= COLD_ACCOUNT) return COLD_ACCOUNT
  return 0
}

/** Whether an operation is what has to be paid for whatever the code around it looks like. */
function isPriced({ op, cost }: Operation): boolean {
  if (op === 'SLOAD' || op === 'SSTORE') return cost > WARM
  return op.startsWith('LOG') || CALLS.includes(op) || ['TLOAD', 'TSTORE', 'KECCAK256', 'CALLDATACOPY'].includes(op)
}

function groupOf({ op }: Operation, origin: Origin | undefined): Group {
  const path = origin?.path ?? ''
  const routine = origin?.routine
  if (op === 'TLOAD' || op === 'TSTORE' || /Reentran|Transient/.test(path)) return 'reentrancy guard'
  if (/6909/.test(path)) return 'ERC-6909 balances'
  if (op.startsWith('LOG')) return 'events'
  if (op === 'SSTORE') return 'storage writes'
  if (/SafeERC20|SafeTransfer/.test(path)) return 'calling the token'
  if (routine === '_pull' || routine === '_pay') return 'calling the token'
  const isEntry =
    routine === undefined || ['validate', 'id', '_id', '_require', 'receiptId', '_validate'].includes(routine)
  return isEntry ? 'dispatch, ABI, ids, validation' : 'the rules'
}

/** Whom a call goes to. */
function calledBy({ stack }: Operation, token: string): Group {
  const callee = stack.at(-2)
  if (isAddress(callee, token)) return 'calling the token'
  return callee !== undefined && BigInt(callee) < FIRST_DEPLOYED ? 'precompiles' : 'other contracts'
}

function isAddress(word: string | undefined, address: string): boolean {
  return word !== undefined && BigInt(word) === BigInt(address)
}
