import type { Command } from 'commander'
import { type Address, zeroAddress } from 'viem'
import { latestBlock } from '#client/chain.ts'
import { readStanding, readWaiting } from '#client/juror.ts'
import {
  admitCall,
  setVoterCall,
  stakeSeatsCall,
  stayOutCall,
  unstakeSeatsCall,
  withdrawIdleCall,
} from '#client/jury-calls.ts'
import { readPool } from '#client/jury.ts'
import { type Action, perform, type Step } from '../chain/action.ts'
import { address, positive } from '../arguments.ts'
import { type Connection, openOracle, requireFresh } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { RefusedError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatAmount, formatDuration, formatMoment, formatPaid, formatTime } from '../format.ts'
import { type Jury, openJury } from '../court/jury-court.ts'
import { addNetworkOptions, addSigningOptions, type NetworkFlags, type SigningFlags } from '../options.ts'
import { reportPerformed } from '../chain/report.ts'
import { openSigner } from '../chain/signer.ts'

type Flags = NetworkFlags & SigningFlags & { readonly jury?: Address }

/** What a command about the pool is about to do. */
type Deed = Pick<Action, 'steps' | 'amount' | 'lines' | 'question'> & { readonly after: readonly string[] }

/** How it is thought out: for whom, of which jury. */
type Think = (setting: {
  readonly connection: Connection
  readonly jury: Jury
  readonly account: Address
  readonly time: bigint
}) => Promise<Deed>

const MOST_STAKES = 256

/** Adds `assize jury join|admit|leave|claim|voter`: stakes in the pool that jurors are drawn from. */
export function defineJuryStake(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const add = (
    name: string,
    description: string,
    examples: readonly string[],
    argument?: { readonly name: string; readonly text: string; readonly parse: (text: string) => unknown },
  ): Command => {
    const command = group.command(name).description(description)
    if (argument !== undefined) command.argument(argument.name, argument.text, argument.parse)
    command.option('--jury <address>', 'the JuryArbitrator (default: $ASSIZE_JURY)', address)
    return addSigningOptions(addNetworkOptions(command)).addHelpText('after', `\nExamples:\n  ${examples.join('\n  ')}`)
  }
  add('join', 'Put stakes into the pool that jurors are drawn from; each may get a seat.', ['assize jury join 4'], {
    name: '<stakes>',
    text: 'how many, each of the size that "jury status" shows',
    parse: positive,
  }).action(async (count: number, flags: Flags) => done(await act('join', joining(count), flags, context)))
  add(
    'admit',
    'Let stakes that have warmed up be drawn from now on: your own, or those of anyone.',
    ['assize jury admit', 'assize jury admit 0x34…'],
    { name: '[juror]', text: 'whose (default: your own)', parse: address },
  ).action(async (juror: Address | undefined, flags: Flags) =>
    done(await act('admit', admitting(juror), flags, context)),
  )
  add(
    'leave',
    'Take stakes out of the pool and to your account; those with a seat stay until its round is over.',
    ['assize jury leave', 'assize jury leave 2'],
    { name: '[stakes]', text: 'how many (default: all)', parse: positive },
  ).action(async (count: number | undefined, flags: Flags) => done(await act('leave', leaving(count), flags, context)))
  add('claim', 'Take out what is idle: what seats earned, and stakes that left the pool.', [
    'assize jury claim',
    'assize jury claim --dry-run --account 0x34…',
  ]).action(async (flags: Flags) => done(await act('claim', claiming(), flags, context)))
  add(
    'voter',
    'Let another account vote for you, such as that of a node: it can take nothing out. 0x0…0 lets nobody.',
    ['assize jury voter 0x78…', `assize jury voter ${zeroAddress}`],
    { name: '<account>', text: 'who', parse: address },
  ).action(async (voter: Address, flags: Flags) => done(await act('voter', voting(voter), flags, context)))
}

async function act(name: string, think: Think, flags: Flags, context: Context): Promise<ExitCode> {
  const connection = await openOracle(flags, context)
  const { time } = await latestBlock(connection.chain)
  requireFresh(time, context.now(), flags.maxAge)
  const jury = await openJury(connection, flags.jury, context)
  const signer = await openSigner(flags, context)
  const setting = { connection, jury, account: signer.address, time }
  const { after, ...deed } = await think(setting)
  const action: Action = {
    ...deed,
    taker: { name: 'the jury', address: jury.address },
    claims: 0,
    gain: undefined,
  }
  const performed = await perform(action, { connection, signer, flags, context })
  const done = { action: `jury ${name}`, arbitrator: jury.address, amount: deed.amount }
  reportPerformed(performed, done, { connection, flags, context, lines: after })
  return EXIT.ok
}

function joining(count: number): Think {
  return async ({ connection, jury, account, time }) => {
    const { chain, token, paste } = connection
    const { seatStake, warmUp } = jury.terms
    const { idle, newcomers } = await readStanding(chain, jury.address, account)
    if (count + newcomers > MOST_STAKES) {
      throw new RefusedError(
        `Expected at most ${MOST_STAKES} stakes to come, got ${count + newcomers}.`,
        'Put them in in parts: admit those that have warmed up before.',
      )
    }
    const all = seatStake * BigInt(count)
    const amount = idle < all ? all - idle : 0n
    const admitTime = time + BigInt(warmUp)
    return {
      steps: [
        { label: `stake ${count} of ${formatAmount(seatStake, token)}`, call: stakeSeatsCall(jury.address, count) },
      ],
      amount,
      lines: [
        `join      jury ${jury.address} with ${count} stakes of ${formatAmount(seatStake, token)}`,
        `stake     ${formatAmount(all, token)}${amount < all ? `, ${formatAmount(all - amount, token)} of which is idle there` : ''}`,
        `seats     a stake can be drawn from ${formatTime(admitTime)} on, once it is admitted (warm-up ${formatDuration(BigInt(warmUp))})`,
        'risk      a seat that does not reveal, or is too far from the verdict, loses its stake to the others',
      ],
      question: `Stake ${formatAmount(all, token)}?`,
      after: [
        `Staked. From ${formatTime(admitTime)} on: ${paste('jury', 'admit')}`,
        `Look: ${paste('jury', 'status')}`,
        `A node with the role "juror" votes by itself. Without one wait for your seats, always: ${paste('jury', 'status', '--until-due')}`,
      ],
    }
  }
}

function admitting(named: Address | undefined): Think {
  return async ({ connection, jury, account, time }) => {
    const juror = named ?? account
    const { newcomers, admitTime } = await readStanding(connection.chain, jury.address, juror)
    if (newcomers === 0 || admitTime > time) {
      const [got, hint] =
        newcomers === 0
          ? ['none that wait', 'Put some in: assize jury join STAKES']
          : [`${newcomers} from ${formatMoment(admitTime, time)} on`, 'Come back then.']
      throw new RefusedError(`Expected stakes of ${juror} that have warmed up, got ${got}.`, hint)
    }
    await requireOpenPool(connection, jury)
    return {
      steps: [{ label: `admit ${newcomers} stakes`, call: admitCall(jury.address, juror) }],
      amount: 0n,
      lines: [`admit     ${newcomers} stakes of ${juror}: they can be drawn from then on`],
      question: 'Admit them?',
      after: [`In the pool. Look: ${connection.paste('jury', 'status')}`],
    }
  }
}

function leaving(count: number | undefined): Think {
  return async ({ connection, jury, account }) => {
    const { chain, token, paste } = connection
    const { seatStake } = jury.terms
    const { newcomers, idle } = await readStanding(chain, jury.address, account)
    const pool = await readPool(chain, jury.address)
    const places = pool.flatMap((juror, place) => (juror === account ? [place] : []))
    // Those that are to come come as they went in, together.
    const coming = count === undefined ? newcomers : 0
    const going = places.slice(-Math.min(count ?? MOST_STAKES, MOST_STAKES, places.length || 1))
    if (going.length < (count ?? 0) || (going.length === 0 && coming === 0)) {
      throw new RefusedError(
        `Expected ${count ?? 'any'} stakes of ${account} in the pool, got ${places.length}.`,
        `Those with a seat come back when its round is over. Look: ${paste('jury', 'status')}`,
      )
    }
    if (going.length > 0) await requireOpenPool(connection, jury)
    const total = seatStake * BigInt(going.length + coming) + idle
    const steps: Step[] = [
      ...(coming > 0 ? [{ label: `keep ${coming} out`, call: stayOutCall(jury.address) }] : []),
      ...(going.length > 0 ? [{ label: `take ${going.length} out`, call: unstakeSeatsCall(jury.address, going) }] : []),
      { label: `withdraw ${formatAmount(total, token)}`, call: withdrawIdleCall(jury.address) },
    ]
    return {
      steps,
      amount: 0n,
      lines: [
        `leave     jury ${jury.address} with ${going.length + coming} stakes, ${formatAmount(total, token)} in all`,
      ],
      question: `Take out ${formatAmount(total, token)}?`,
      after: [`Taken out: ${formatPaid(total, token)}.`],
    }
  }
}

function claiming(): Think {
  return async ({ connection, jury, account }) => {
    const { chain, token } = connection
    const { idle } = await readStanding(chain, jury.address, account)
    if (idle === 0n) {
      throw new RefusedError(
        `Expected something of ${account} to be idle, got nothing.`,
        'What a seat earns is idle once its round is over; stakes go back into the pool.',
      )
    }
    return {
      steps: [{ label: `withdraw ${formatAmount(idle, token)}`, call: withdrawIdleCall(jury.address) }],
      amount: 0n,
      lines: [`claim     ${formatAmount(idle, token)} that is idle in jury ${jury.address}`],
      question: `Take out ${formatAmount(idle, token)}?`,
      after: [`Claimed ${formatPaid(idle, token)}.`],
    }
  }
}

function voting(voter: Address): Think {
  return async ({ jury, connection }) => {
    const who = voter === zeroAddress ? 'nobody else' : voter
    return {
      steps: [{ label: `name ${who}`, call: setVoterCall(jury.address, voter) }],
      amount: 0n,
      lines: [`voter     ${who} commits for the account's seats in jury ${jury.address}`],
      question: `Let ${who} vote?`,
      after: [`Done. Look: ${connection.paste('jury', 'status')}`],
    }
  }
}

/** Throws RefusedError while a case waits for its draw: nothing enters or leaves the pool then. */
async function requireOpenPool({ chain, paste }: Connection, jury: Jury): Promise<void> {
  const [next] = await readWaiting(chain, jury.address)
  if (next === undefined) return
  throw new RefusedError(
    `Expected a pool that is open, got one that waits for a draw.`,
    `Draw first: ${paste('jury', 'draw', next)}`,
  )
}
