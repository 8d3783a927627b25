import type { Command } from 'commander'
import type { Address } from 'viem'
import { readStanding, readWaiting } from '#client/juror.ts'
import { readmitted, readPool, readReturned } from '#client/jury.ts'
import { readmitCalls, stayOutCall, unstakeSeatsCall, withdrawIdleCall } from '#client/jury-calls.ts'
import { MOST_STAKES } from '#protocol/jury.ts'
import { positive } from '../arguments.ts'
import type { Step } from '../chain/send-steps.ts'
import type { Connection } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import type { Jury } from '../court/jury-court.ts'
import { addPoolOptions, changePool, type PoolFlags, requireOpenPool, type ThinkPool } from '../court/pool-change.ts'
import { RefusedError } from '../errors.ts'
import type { ExitCode } from '../exit-code.ts'
import { formatAmount, formatPaid } from '../format.ts'

/** Adds `assize jury leave`: takes stakes out of the pool. */
export function defineJuryLeave(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = group
    .command('leave')
    .description('Take stakes out of the pool and to your account; those with a seat stay until its round is over.')
    .argument('[stakes]', 'how many (default: all)', positive)
  addPoolOptions(command, ['assize jury leave', 'assize jury leave 2']).action(
    async (count: number | undefined, flags: PoolFlags) =>
      done(await changePool('leave', leaving(count), flags, context)),
  )
}

function leaving(count: number | undefined): ThinkPool {
  return async ({ connection, jury, account }) => {
    const { chain, token } = connection
    const { newcomers, idle } = await readStanding(chain, jury.address, account)
    // Those that are to come come as they went in, together.
    const coming = count === undefined ? newcomers : 0
    const held = await findStakes(connection, jury, account, { count, coming })
    const heldUp = await holdUp(connection, jury, held.going.length, coming)
    const { back, going } = heldUp.length === 0 ? held : { back: 0, going: [] }
    const total = jury.terms.seatStake * BigInt(going.length + coming) + idle
    const steps: Step[] = [
      ...(coming > 0 ? [{ label: `keep ${coming} out`, call: stayOutCall(jury.address) }] : []),
      ...readmitCalls(jury.address, back).map((call) => ({ label: 'let returned stakes come back', call })),
      ...(going.length > 0 ? [{ label: `take ${going.length} out`, call: unstakeSeatsCall(jury.address, going) }] : []),
      { label: `withdraw ${formatAmount(total, token)}`, call: withdrawIdleCall(jury.address) },
    ]
    return {
      steps,
      amount: 0n,
      lines: [
        `leave     jury ${jury.address} with ${going.length + coming} stakes, ${formatAmount(total, token)} in all`,
        ...heldUp,
      ],
      question: `Take out ${formatAmount(total, token)}?`,
      after: [`Taken out: ${formatPaid(total, token)}.`, ...heldUp],
    }
  }
}

/** Stakes in the pool by their places, once the first `back` of those that rounds have returned are in it again. */
type Held = { readonly back: number; readonly going: readonly number[] }

/** The account's last `count` stakes, by default all. Throws RefusedError for fewer, unless none is asked for by number and some are to come. */
async function findStakes(
  { chain, paste }: Connection,
  jury: Jury,
  account: Address,
  { count, coming }: { readonly count: number | undefined; readonly coming: number },
): Promise<Held> {
  const [inside, returned] = await Promise.all([readPool(chain, jury.address), readReturned(chain, jury.address)])
  const pooled = inside.filter((juror) => juror === account).length
  // What rounds have returned comes into the pool first, in its order, as far as it takes to have all of the account's.
  const isShort = pooled < Math.min(count ?? MOST_STAKES, MOST_STAKES) && returned.includes(account)
  const back = isShort ? returned.lastIndexOf(account) + 1 : 0
  const pool = readmitted(inside, returned, back)
  const places = pool.flatMap((juror, place) => (juror === account ? [place] : []))
  const going = places.slice(-Math.min(count ?? MOST_STAKES, MOST_STAKES, places.length || 1))
  if (going.length >= (count ?? 0) && (going.length > 0 || coming > 0)) return { back, going }
  throw new RefusedError(
    `Expected ${count ?? 'any'} stakes of ${account} in the pool, got ${places.length}.`,
    `Those with a seat come back when its round is over. Look: ${paste('jury', 'status')}`,
  )
}

/** What keeps the account's stakes in the pool, where others are to come and can stay out meanwhile. Throws RefusedError where none are. */
async function holdUp(connection: Connection, jury: Jury, going: number, coming: number): Promise<readonly string[]> {
  if (going === 0) return []
  if (coming === 0) {
    await requireOpenPool(connection, jury)
    return []
  }
  const [next] = await readWaiting(connection.chain, jury.address)
  if (next === undefined) return []
  const { paste } = connection
  return [
    `stay      ${going} stakes, while a case waits for its draw: ${paste('jury', 'draw', next)}; then repeat: ${paste('jury', 'leave')}`,
  ]
}
