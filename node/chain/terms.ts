import type { Outlook } from '#client/transaction.ts'
import { contestedOf } from './outbid.ts'
import type { Terms } from './port.ts'
import { type Strangers, UNKNOWN } from './strangers.ts'
import { isStaking, unfinishedOf, vetoOf } from './tend.ts'
import type { Plan, TransactionsComponents } from './transactions.ts'

/** What says whether something may leave now. */
type TermsComponents = Pick<TransactionsComponents, 'chain' | 'intents' | 'halt'> & { readonly strangers: Strangers }

/** What the plan is sent under: not while staking is stopped, nor beside what nothing is known of here. */
export function termsOf(components: TermsComponents, plan: Plan): Omit<Terms, 'record'> {
  const { halt, strangers } = components
  return {
    nonces: () => noncesOf(unfinishedOf(components)),
    veto: () => vetoOf(plan, halt),
    async standing(outlook) {
      await noteStrangers(components, outlook)
      return isStaking(plan) && !strangers.areNone(plan.at) ? UNKNOWN : undefined
    },
  }
}

/** Looks what of the account is in flight that nothing is known of here. */
export async function noteStrangers(components: TermsComponents, outlook: Outlook): Promise<void> {
  const unfinished = unfinishedOf(components)
  await components.strangers.note(outlook, noncesOf(unfinished), noncesOf(contestedOf(unfinished)))
}

function noncesOf(intents: ReturnType<typeof unfinishedOf>): ReadonlySet<number> {
  return new Set(intents.flatMap(({ nonce }) => nonce ?? []))
}
