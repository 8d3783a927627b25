import type { Address, Hex } from 'viem'
import { isAddressEqual } from 'viem/utils'
import { turnstile } from '#client/turnstile.ts'
import { approvedIn } from '#client/weth.ts'
import { larger } from '#protocol/rational.ts'
import { takesStake } from '../ground/takes-stake.ts'
import type { Journal } from '../journal.ts'
import type { Intent, IntentTable } from '../store/intent-table.ts'
import type { ChainPort, Spender } from './port.ts'
import type { Slot } from '../store/slot.ts'
import { isOpen, unfinishedOf } from './tend.ts'
import type { Attempted, Plan, Transactions } from './transactions.ts'

/** What stakes are paid with: bond token that the contracts may take. */
export interface Collateral {
  /**
   * Carries out the plan with `send` once the account holds its amount of bond token and `spender` may take it; wraps and
   * approves what is missing, and no more. 'later' if that came to nothing, which the journal says, or is still on its way.
   */
  stake(plan: Plan, spender: Spender, send: Send): Promise<Attempted>
  /** Takes back what `spender` may still take, if nothing is being staked. */
  revoke(plan: Pick<Plan, 'fixingId' | 'at'>, spender: Spender): Promise<void>
  /** What is being staked and was not taken yet: the account still has it, and cannot stake it again. Bond-token wei. */
  committed(): bigint
  /** What is about to be staked in other fixings than this, and is not signed yet, wei. */
  upcoming(fixingId: Hex): bigint
  /** The last block in which something of the account is known to have been mined: what it had before is not believed. */
  lastBlock(): bigint
}

/** What it takes to wrap and approve. */
export type CollateralComponents = {
  readonly chain: Pick<ChainPort, 'account' | 'holdings' | 'wrap' | 'approve'>
  readonly transactions: Transactions
  readonly intents: Pick<IntentTable, 'unfinished'>
  readonly journal: Journal
  /** Whose calls take stake as well as the oracle's. */
  readonly registry: Address
}

/** How often it is asked what may be taken, where one that answers is behind: another may answer the next time. */
const ATTEMPTS = 3

type Send = Parameters<Transactions['attempt']>[1]

/** What is to be taken from the account. */
type Taking = { readonly spender: Spender; readonly amount: bigint }

/** What is about to be staked, and is not signed yet. */
type Reserve = Taking & Pick<Plan, 'fixingId'>

/**
 * INVARIANT: nothing is ever approved but for what was decided to be staked, and is not signed yet: several fixings at once
 * share an allowance, so that it is the sum of theirs. What is signed goes in the order of nonces: a stake that waits takes
 * its part of what is allowed now, and nothing of an approval that is signed behind it. What is refused after that stays
 * allowed, and serves the next stake.
 */
export function createCollateral(components: CollateralComponents): Collateral {
  const { chain, transactions, intents, journal, registry } = components
  const reserves = new Set<Reserve>()
  const inTurn = turnstile()

  const attempt = async (plan: Plan, send: Send): Promise<Attempted> => {
    const sent = await transactions.attempt(plan, send)
    if (sent.kind === 'later') return sent
    const words = `${plan.action} ${plan.amount} wei`
    const said =
      sent.kind === 'done'
        ? { action: plan.action, reason: `${words}.` }
        : { action: 'refused', reason: `${words}: ${sent.reason}.` }
    await journal.write({ stage: 'collateral', fixingId: plan.fixingId, ...said })
    return sent
  }
  const spenderOf = ({ slot }: Intent): Spender =>
    slot?.call !== undefined && isAddressEqual(slot.call.to, registry) ? 'registry' : 'oracle'
  const open = (is: (intent: Intent) => boolean = () => true): readonly Intent[] =>
    unfinishedOf({ chain, intents }).filter((intent) => isOpen(intent) && is(intent))
  /** What is on its way counts until it was mined, whether anybody still waits for it or not. */
  const taking = (): readonly Taking[] => [
    ...reserves,
    ...open(takesStake).map((intent) => ({ spender: spenderOf(intent), amount: intent.amount })),
  ]
  /** Of whatever kind: stakes, wraps and approvals change what it holds, claims pay it, and all of them cost gas. */
  const lastBlock = (): bigint =>
    unfinishedOf({ chain, intents }).reduce((last, { block = 0n }) => larger(last, block), 0n)
  /** Whether `spender` may be left something once everything that was signed is mined or given up; undefined if that cannot be told. */
  const mayTake = async (spender: Spender): Promise<boolean | undefined> => {
    const isOther = ({ slot }: Intent): boolean => {
      const data = slot?.call?.data
      return data !== undefined && isAddressEqual(approvedIn(data), registry) !== (spender === 'registry')
    }
    const coming = open(isApproval).filter((intent) => !isOther(intent))
    const sure = coming.findLastIndex((intent) => !isGivenUp(intent))
    // Of what is being given up an older version may be mined all the same.
    if (coming.slice(Math.max(sure, 0)).some(({ amount }) => amount > 0n)) return true
    if (sure !== -1) return false
    for (let asked = 0; asked < ATTEMPTS; asked += 1) {
      const holdings = await chain.holdings(spender, lastBlock())
      if (holdings !== undefined) return holdings.allowance > 0n
    }
    return undefined
  }
  const isReady = async (plan: Plan, spender: Spender): Promise<boolean> => {
    const before = open()
    const since = lastBlock()
    const holdings = await chain.holdings(spender, since)
    if (holdings === undefined) {
      const reason = `What the account holds cannot be told as of block ${since}, or a later one, yet.`
      await journal.write({ stage: 'collateral', fixingId: plan.fixingId, action: 'wait', reason })
      return false
    }
    const { held, allowance } = holdings
    // After that: what is taken in between is missed then, and not wrapped twice.
    await transactions.tend()
    // What has ended in between may have been asked for too early: this ends, as what ends was signed before.
    const after = new Set(open().map(({ key }) => key))
    if (before.some(({ key }) => !after.has(key))) return isReady(plan, spender)
    const staking = taking()
    const missing = sumOf(staking) - held - sumOf(open(isWrap))
    if (missing > 0n) {
      const wrapped = await attempt({ ...plan, action: 'wrap', amount: missing }, (terms) => chain.wrap(missing, terms))
      if (wrapped.kind !== 'done') return false
    }
    const isOfSpender = (one: Taking): boolean => one.spender === spender
    // What is allowed is replaced by an approval on its way: behind it another says what is left then.
    const isSettled = open(isApproval).length === 0
    if (isSettled && allowance >= sumOf(staking.filter(isOfSpender))) return true
    const amount = sumOf([...reserves].filter(isOfSpender))
    const approved = await attempt({ ...plan, action: 'approve', amount }, (terms) =>
      chain.approve(spender, amount, terms),
    )
    return approved.kind === 'done'
  }
  return {
    committed: () => sumOf(taking()),
    lastBlock,
    upcoming: (fixingId) => sumOf([...reserves].filter((reserve) => reserve.fixingId !== fixingId)),
    async stake(plan, spender, send) {
      const reserve = { spender, amount: plan.amount, fixingId: plan.fixingId }
      reserves.add(reserve)
      try {
        const attempted = await inTurn(async () => {
          if (!(await isReady(plan, spender))) return undefined
          return untilSigned((signed) =>
            transactions.attempt(plan, (terms) => {
              const record = async (slot: Slot): Promise<void> => {
                await terms.record(slot)
                // From here on it is counted by what is on disk, until that is known to have ended.
                reserves.delete(reserve)
                signed()
              }
              return send({ ...terms, record })
            }),
          )
        })
        return attempted === undefined ? { kind: 'later' } : await attempted.ended
      } finally {
        reserves.delete(reserve)
      }
    },
    async revoke({ fixingId, at }, spender) {
      await inTurn(async () => {
        if (taking().length > 0 || (await mayTake(spender)) === false) return
        const plan = { fixingId, at, action: 'approve', kind: 'stake', round: 0, value: 0n, amount: 0n } as const
        await attempt(plan, (terms) => chain.approve(spender, 0n, terms))
      })
    },
  }
}

function isWrap({ action }: Intent): boolean {
  return action === 'wrap'
}

function isApproval({ action }: Intent): boolean {
  return action === 'approve'
}

/** Whether its nonce is to be used up by something else. */
function isGivenUp({ slot }: Intent): boolean {
  return slot?.versions.at(-1)?.cancels !== undefined
}

/** Runs it until it says that it has signed, or ends; what it comes to is known later. */
async function untilSigned<T>(run: (signed: () => void) => Promise<T>): Promise<{ readonly ended: Promise<T> }> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const ended = run(resolve)
  // A failure is told to whoever waits for the end.
  await Promise.race([promise, ended.catch(() => undefined)])
  return { ended }
}

function sumOf(of: readonly { readonly amount: bigint }[]): bigint {
  return of.reduce((sum, { amount }) => sum + amount, 0n)
}
