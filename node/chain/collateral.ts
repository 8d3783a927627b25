import type { Address, Hex } from 'viem'
import { turnstile } from '#client/turnstile.ts'
import { takesStake } from '#protocol/bond.ts'
import type { Journal } from '../journal.ts'
import type { Intent, IntentTable } from '../store/intent-table.ts'
import type { ChainPort, Spender } from './port.ts'
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

type Send = Parameters<Transactions['attempt']>[1]

/** What is to be taken from the account. */
type Taking = { readonly spender: Spender; readonly amount: bigint }

/** What is being staked now, and may not be signed yet. */
type Reserve = Taking & { readonly plan: Plan }

/**
 * INVARIANT: no allowance is ever larger than what is being staked at the time: several fixings at once share one, so that
 * it is the sum of theirs. What is signed goes in the order of nonces: a stake that waits takes its part of what is allowed
 * now, and nothing of an approval that is signed behind it.
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
  /** Whether the stake was signed, and perhaps taken: whoever waits for it may not have noticed yet. */
  const isSigned = ({ plan: { fixingId, action, round, value, at } }: Reserve): boolean =>
    transactions.of(fixingId).some((intent) => {
      const isSame = intent.action === action && intent.round === round && intent.value === value && intent.at === at
      return isSame && intent.state !== 'failed'
    })
  const spenderOf = ({ slot }: Intent): Spender =>
    slot?.call?.to.toLowerCase() === registry.toLowerCase() ? 'registry' : 'oracle'
  const unsigned = (): readonly Taking[] => [...reserves].filter((reserve) => !isSigned(reserve))
  /** What is on its way counts until it was mined, whether anybody still waits for it or not. */
  const taking = (): readonly Taking[] => [
    ...unsigned(),
    ...unfinishedOf({ chain, intents })
      .filter((intent) => isOpen(intent) && takesStake(intent))
      .map((intent) => ({ spender: spenderOf(intent), amount: intent.amount })),
  ]
  const waiting = (of: 'wrap' | 'approve'): readonly Intent[] =>
    unfinishedOf({ chain, intents }).filter((intent) => isOpen(intent) && intent.action === of)
  const isReady = async (plan: Plan, spender: Spender): Promise<boolean> => {
    const before = [waiting('wrap').length, waiting('approve').length] as const
    const { held, allowance } = await chain.holdings(spender)
    // After that: what is taken in between is missed then, and not wrapped twice.
    await transactions.tend()
    const [wrapping, approving] = [waiting('wrap'), waiting('approve')]
    // What was mined in between may have been asked for too early: there are fewer with every time.
    if (wrapping.length < before[0] || approving.length < before[1]) return isReady(plan, spender)
    const staking = taking()
    const missing = sumOf(staking) - held - sumOf(wrapping)
    if (missing > 0n) {
      const wrapped = await attempt({ ...plan, action: 'wrap', amount: missing }, (terms) => chain.wrap(missing, terms))
      if (wrapped.kind !== 'done') return false
    }
    // What it leaves of what is allowed now is known once it was mined.
    if (approving.length > 0) return false
    const isOfSpender = (one: Taking): boolean => one.spender === spender
    if (allowance >= sumOf(staking.filter(isOfSpender))) return true
    const amount = sumOf(unsigned().filter(isOfSpender))
    const approved = await attempt({ ...plan, action: 'approve', amount }, (terms) =>
      chain.approve(spender, amount, terms),
    )
    return approved.kind === 'done'
  }
  return {
    committed: () => sumOf(taking()),
    upcoming: (fixingId) =>
      sumOf([...reserves].filter((reserve) => reserve.plan.fixingId !== fixingId && !isSigned(reserve))),
    async stake(plan, spender, send) {
      const reserve = { spender, amount: plan.amount, plan }
      reserves.add(reserve)
      try {
        const attempted = await inTurn(async () => {
          if (!(await isReady(plan, spender))) return undefined
          return untilSent((sent) => transactions.attempt(plan, (terms) => send(terms).finally(sent)))
        })
        return attempted === undefined ? { kind: 'later' } : await attempted.ended
      } finally {
        reserves.delete(reserve)
      }
    },
    async revoke({ fixingId, at }, spender) {
      await inTurn(async () => {
        if (taking().length > 0 || reserves.size > 0 || (await chain.holdings(spender)).allowance === 0n) return
        const plan = { fixingId, at, action: 'approve', kind: 'stake', round: 0, value: 0n, amount: 0n } as const
        await attempt(plan, (terms) => chain.approve(spender, 0n, terms))
      })
    },
  }
}

/** Runs it until it says that it has sent, or ends; what it comes to is known later. */
async function untilSent<T>(run: (sent: () => void) => Promise<T>): Promise<{ readonly ended: Promise<T> }> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const ended = run(resolve)
  // A failure is told to whoever waits for the end.
  await Promise.race([promise, ended.catch(() => undefined)])
  return { ended }
}

function sumOf(of: readonly { readonly amount: bigint }[]): bigint {
  return of.reduce((sum, { amount }) => sum + amount, 0n)
}
