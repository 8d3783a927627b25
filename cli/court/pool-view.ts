import type { Address, Hex } from 'viem'
import { latestBlock } from '#client/chain.ts'
import { type JurorStanding, readStanding, readVoters, readWaiting } from '#client/juror.ts'
import { readPool, readReturned } from '#client/jury.ts'
import { openingPrice } from '#protocol/jury.ts'
import type { Connection } from '../chain/connection.ts'
import { formatAmount, formatDuration, formatMoment, formatPercent } from '../format.ts'
import type { Jury } from './jury-court.ts'
import type { Voter } from './jury-lines.ts'
import { ownCaseLines, type OwnCases, ownCasesDocument, unaskedDocument } from './own-cases.ts'

/** What an account has in a pool, and the cases that wait for it. */
type Own = {
  readonly account: Address
  readonly pooled: number
  readonly returned: number
  readonly standing: JurorStanding
  /** Whom it says it votes for, and whether it can. */
  readonly votesFor: readonly { readonly juror: Address; readonly hasNamedIt: boolean }[]
  readonly cases: OwnCases
}

/** A jury's pool as of the newest block, whose time is `time`. */
export type PoolView = {
  readonly pool: readonly Address[]
  /** What rounds have returned while a draw was due. */
  readonly returned: readonly Address[]
  readonly waiting: readonly Hex[]
  readonly own: Own | undefined
  readonly time: bigint
}

/** Reads the pool, and what of it is the account's, whose cases were read before. Throws DeadRpcError. */
export async function readPoolView(
  { chain }: Connection,
  jury: Jury,
  { voter, cases }: { readonly voter: Voter | undefined; readonly cases: OwnCases | undefined },
): Promise<PoolView> {
  const [pool, returned, waiting, { time }] = await Promise.all([
    readPool(chain, jury.address),
    readReturned(chain, jury.address),
    readWaiting(chain, jury.address),
    latestBlock(chain),
  ])
  if (voter === undefined || cases === undefined) return { pool, returned, waiting, own: undefined, time }
  const { account, votesFor } = voter
  const voters = await readVoters(chain, jury.address, votesFor)
  const own = {
    account,
    cases,
    pooled: pool.filter((juror) => juror === account).length,
    returned: returned.filter((juror) => juror === account).length,
    standing: await readStanding(chain, jury.address, account),
    votesFor: votesFor.map((juror, i) => ({ juror, hasNamedIt: voters[i] === account })),
  }
  return { pool, returned, waiting, own, time }
}

/** The pool for people. */
export function poolLines(
  { address: jury, terms }: Jury,
  { pool, returned, waiting, own, time }: PoolView,
  { token, paste }: Connection,
): string[] {
  const fee = openingPrice(terms)
  const amount = (wei: bigint): string => formatAmount(wei, token)
  const length = (seconds: number): string => formatDuration(BigInt(seconds))
  const separation = formatPercent(BigInt(terms.leastSeparationPpm))
  return [
    `jury      ${jury}`,
    `seats     ${terms.seats}, ${terms.quorum} of which must reveal; ${amount(terms.seatStake)} at stake in each`,
    `takes     fixings that pay at least ${amount(fee)}, with candidates at least ${separation} apart`,
    `times     ${length(terms.commitTime)} to commit, then ${length(terms.revealTime)} to reveal; a stake warms up ${length(terms.warmUp)}`,
    `pool      ${counted(pool.length, 'stake')} of ${counted(new Set(pool).size, 'juror')}; a case needs ${terms.leastPool}, and half of all stakes`,
    ...(returned.length === 0
      ? []
      : [`returned  ${counted(returned.length, 'stake')}, in the pool again before the next case is opened`]),
    ...(waiting.length === 0
      ? ['waiting   no case']
      : [
          `waiting   ${counted(waiting.length, 'case')}; the pool is closed, next: ${paste('jury', 'draw', waiting[0] ?? '')}`,
        ]),
    ...(own === undefined ? [] : ownLines(own, { amount, time, paste })),
  ]
}

/** The same as the JSON document has it. */
export function poolDocument(
  { address: jury, terms }: Jury,
  { pool, returned, waiting, own }: PoolView,
  { paste }: Connection,
): Record<string, unknown> {
  return {
    version: 1,
    jury,
    terms: { ...terms, seatStake: terms.seatStake.toString(), seatFee: terms.seatFee.toString() },
    price: openingPrice(terms).toString(),
    poolSize: pool.length,
    jurors: new Set(pool).size,
    returned: returned.length,
    waiting,
    own:
      own === undefined
        ? null
        : {
            account: own.account,
            inPool: own.pooled,
            returned: own.returned,
            toCome: own.standing.newcomers,
            admitTime: own.standing.newcomers === 0 ? null : Number(own.standing.admitTime),
            idle: own.standing.idle.toString(),
            voter: own.standing.voter ?? null,
            votesFor: own.votesFor,
            cases: ownCasesDocument(own.cases, paste),
            unasked: unaskedDocument(own.cases, paste),
          },
  }
}

function ownLines(
  { account, pooled, returned, standing, votesFor, cases }: Own,
  {
    amount,
    time,
    paste,
  }: {
    readonly amount: (wei: bigint) => string
    readonly time: bigint
    readonly paste: Connection['paste']
  },
): string[] {
  const { newcomers, admitTime, idle, voter } = standing
  const coming =
    newcomers === 0
      ? []
      : [
          `  to come   ${newcomers}, ${
            admitTime > time ? `from ${formatMoment(admitTime, time)}` : `now: ${paste('jury', 'admit')}`
          }`,
        ]
  return [
    '',
    `Stakes of ${account}`,
    `  in pool   ${pooled}`,
    ...(returned === 0 ? [] : [`  returned  ${returned}, to come back; or take them out: ${paste('jury', 'leave')}`]),
    ...coming,
    `  idle      ${amount(idle)}${idle > 0n ? `: ${paste('jury', 'claim')}` : ''}`,
    `  voter     ${voter ?? 'nobody else'}`,
    ...votesFor.map(({ juror, hasNamedIt }) =>
      hasNamedIt
        ? `  votes for ${juror}`
        : `  votes for ${juror}, who has not named it, or no more: it cannot commit for that one`,
    ),
    ...ownCaseLines(cases, account, paste),
  ]
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
