import type { Command } from 'commander'
import type { Address, Hex } from 'viem'
import { type JurorStanding, readStanding, readWaiting } from '#client/juror.ts'
import { readPool } from '#client/jury.ts'
import { openingPrice } from '#protocol/jury.ts'
import { address, duration, hash } from '../arguments.ts'
import { machineClock } from '../clock.ts'
import { type Connection, openOracle } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatAmount, formatDuration, formatMoment, formatPercent } from '../format.ts'
import { findTrial, type Jury, openJury } from '../court/jury-court.ts'
import { trialDocument, trialLines, trialSteps } from '../court/jury-lines.ts'
import { ownCaseLines, type OwnCases, ownCases, ownCasesDocument, viewerAmong } from '../court/own-cases.ts'
import { failureOf, InputError } from '../errors.ts'
import { BlindError, startSight } from '../fixing/alarm.ts'
import { stepLines } from '../fixing/next-steps.ts'
import { addNetworkOptions, MAX_AGE, type NetworkFlags } from '../options.ts'
import { viewerOf } from '../chain/signer.ts'
import { latestBlock } from '#client/chain.ts'

type Flags = NetworkFlags & {
  readonly jury?: Address
  readonly account?: Address
  readonly untilDue?: true
  /** Seconds, as all these. */
  readonly interval: number
  readonly blind: number
  readonly maxAge: number
}

/** Votes have hours; a look costs an endpoint little. */
const INTERVAL = 60
/** How long an alarm may see nothing before it says so by its end, seconds: endpoints that restart are back by then. */
const BLIND = 600

const EXAMPLES = `
Without a fixing it lists every case that runs in which the account has a seat, or a juror that it commits for: what is due, before when, and by which command.
An alarm (--until-due) ends with exit 0 once one of these seats is to commit or to reveal, and with exit 1 once it cannot see: the endpoint is dead, slow or
behind. Start it again after each vote.

Examples:
  assize jury status --jury 0x56…
  assize jury status 0x12ab…
  assize jury status 0x12ab… --account 0x34… --json
  if assize jury status --until-due; then mail -s "assize: vote" me; else mail -s "assize: no alarm any more" me; fi`

/** Adds `assize jury status`: a jury's pool and what is yours in it, or a fixing's case and what can be done. */
export function defineJuryStatus(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = group
    .command('status')
    .description('A jury, its pool and what is yours there; or the case of a fixing, its seats, and what can be done.')
    .argument('[fixing]', 'its id', hash)
    .option('--jury <address>', "the JuryArbitrator (default: $ASSIZE_JURY, or the fixing's)", address)
    .option('--account <address>', 'whose seats (default: $ASSIZE_ACCOUNT, else that of $ASSIZE_KEYSTORE)', address)
  command
    .option('--until-due', 'end with exit 0 once a seat is to commit or to reveal')
    .option('--interval <time>', 'with --until-due: how often to look', duration, INTERVAL)
    .option(
      '--blind <time>',
      'with --until-due: end with exit 1 once no look has succeeded for so long',
      duration,
      BLIND,
    )
    .option('--max-age <time>', 'with --until-due: a look sees nothing if the newest block is older', duration, MAX_AGE)
  addNetworkOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (id: Hex | undefined, flags: Flags) => done(await showJury(id, flags, context)))
}

async function showJury(id: Hex | undefined, flags: Flags, context: Context): Promise<ExitCode> {
  const connection = await openOracle(flags, context)
  const account = viewerOf(flags.account, context)
  if (id !== undefined && flags.untilDue === true) {
    throw new InputError(
      'Expected --until-due or a fixing, got both.',
      'Leave one of them out: it waits for all cases.',
    )
  }
  if (id !== undefined) return showTrial(connection, id, account, flags, context)
  const jury = await openJury(connection, flags.jury, context)
  const look = account === undefined ? undefined : ownCases(connection, jury, account)
  if (flags.untilDue !== true) {
    return showPool(connection, jury, { account, cases: await look?.() }, flags, context)
  }
  if (look === undefined) {
    throw new InputError(
      'Expected whose seats to wait for with --until-due, got nobody.',
      'Name the account with --account or in ASSIZE_ACCOUNT.',
    )
  }
  const cases = await firstDue(look, flags, context)
  if (cases === undefined) return EXIT.interrupted
  try {
    return await showPool(connection, jury, { account, cases }, flags, context)
  } catch (error) {
    if (flags.json === true) throw error
    // INVARIANT: what was waited for is said, whatever else cannot be read any more.
    context.io.err(failureOf(error).message)
    context.io.out(`Seats of ${account} are due. Look: ${connection.paste('jury', 'status')}`)
    return EXIT.ok
  }
}

/** The first look at which a seat is to commit or to reveal; undefined if it was interrupted. Throws BlindError. */
async function firstDue(
  look: () => Promise<OwnCases>,
  flags: Flags,
  { io, now, signal }: Context,
): Promise<OwnCases | undefined> {
  const clock = machineClock(now)
  const sight = startSight(look, { ...flags, clock, signal })
  // Whoever has named a wrong endpoint learns it here; one that dies later may come back.
  let seen: OwnCases | undefined = await sight.look()
  while (seen?.cases.some(({ due }) => due !== undefined) !== true) {
    await clock.sleep(flags.interval * 1_000, signal).catch(() => undefined)
    if (signal.aborted) return undefined
    seen = await sight.look().catch((error: unknown) => {
      if (error instanceof BlindError) throw error
      if (!signal.aborted) io.err(`${failureOf(error).message} Looking again in ${flags.interval} s.`)
      return undefined
    })
    if (signal.aborted) return undefined
  }
  return seen
}

async function showTrial(
  connection: Connection,
  id: Hex,
  account: Address | undefined,
  { jury, json }: Flags,
  { io }: Context,
): Promise<ExitCode> {
  const trial = await findTrial(connection, id, jury)
  const jurors = [...new Set(trial.seats.map(({ juror }) => juror))]
  const viewer = await viewerAmong(connection, trial.jury.address, jurors, account)
  if (json === true) {
    const document = trialDocument(trial, viewer, connection.paste)
    io.out(JSON.stringify({ version: 1, jury: trial.jury.address, ...document }, undefined, 2))
    return EXIT.ok
  }
  for (const line of trialLines(trial, viewer)) io.out(line)
  for (const line of stepLines(trialSteps(trial, viewer, connection.paste))) io.out(line)
  return EXIT.ok
}

type Own = {
  readonly account: Address
  readonly pooled: number
  readonly standing: JurorStanding
  readonly cases: OwnCases
}

async function showPool(
  connection: Connection,
  jury: Jury,
  { account, cases }: { readonly account: Address | undefined; readonly cases: OwnCases | undefined },
  { json }: Flags,
  { io }: Context,
): Promise<ExitCode> {
  const { chain } = connection
  const [pool, waiting, { time }] = await Promise.all([
    readPool(chain, jury.address),
    readWaiting(chain, jury.address),
    latestBlock(chain),
  ])
  const own =
    account === undefined || cases === undefined
      ? undefined
      : {
          account,
          cases,
          pooled: pool.filter((juror) => juror === account).length,
          standing: await readStanding(chain, jury.address, account),
        }
  if (json === true) io.out(JSON.stringify(poolDocument(jury, { pool, waiting, own, time }, connection), undefined, 2))
  else for (const line of poolLines(connection, jury, { pool, waiting, own, time })) io.out(line)
  return EXIT.ok
}

type Look = {
  readonly pool: readonly Address[]
  readonly waiting: readonly Hex[]
  readonly own: Own | undefined
  readonly time: bigint
}

function poolLines({ token, paste }: Connection, { address: jury, terms }: Jury, look: Look): string[] {
  const { pool, waiting, own, time } = look
  const fee = openingPrice(terms)
  const amount = (wei: bigint): string => formatAmount(wei, token)
  const length = (seconds: number): string => formatDuration(BigInt(seconds))
  const separation = formatPercent(BigInt(terms.leastSeparationPpm))
  return [
    `jury      ${jury}`,
    `seats     ${terms.seats}, ${terms.quorum} of which must reveal; ${amount(terms.seatStake)} at stake in each`,
    `takes     fixings that pay at least ${amount(fee)}, with candidates at least ${separation} apart`,
    `times     ${length(terms.commitTime)} to commit, then ${length(terms.revealTime)} to reveal; a stake warms up ${length(terms.warmUp)}`,
    `pool      ${counted(pool.length, 'stake')} of ${counted(new Set(pool).size, 'juror')}; a draw needs ${terms.leastPool}`,
    ...(waiting.length === 0
      ? ['waiting   no case']
      : [
          `waiting   ${counted(waiting.length, 'case')}; the pool is closed, next: ${paste('jury', 'draw', waiting[0] ?? '')}`,
        ]),
    ...(own === undefined ? [] : ownLines(own, { amount, time, paste })),
  ]
}

function ownLines(
  { account, pooled, standing, cases }: Own,
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
    ...coming,
    `  idle      ${amount(idle)}${idle > 0n ? `: ${paste('jury', 'claim')}` : ''}`,
    `  voter     ${voter ?? 'nobody else'}`,
    ...ownCaseLines(cases, account, paste),
  ]
}

function poolDocument(
  { address: jury, terms }: Jury,
  { pool, waiting, own }: Look,
  { paste }: Connection,
): Record<string, unknown> {
  return {
    version: 1,
    jury,
    terms: { ...terms, seatStake: terms.seatStake.toString(), seatFee: terms.seatFee.toString() },
    price: openingPrice(terms).toString(),
    poolSize: pool.length,
    jurors: new Set(pool).size,
    waiting,
    own:
      own === undefined
        ? null
        : {
            account: own.account,
            inPool: own.pooled,
            toCome: own.standing.newcomers,
            admitTime: own.standing.newcomers === 0 ? null : Number(own.standing.admitTime),
            idle: own.standing.idle.toString(),
            voter: own.standing.voter ?? null,
            cases: ownCasesDocument(own.cases, paste),
          },
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
