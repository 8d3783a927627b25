import type { Command } from 'commander'
import type { Address, Hex } from 'viem'
import { type JurorStanding, readStanding, readVoters, readWaiting } from '#client/juror.ts'
import { readPool } from '#client/jury.ts'
import { openingPrice } from '#protocol/jury.ts'
import { address, hash } from '../arguments.ts'
import { type Connection, openOracle } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatAmount, formatDuration, formatPercent, formatRelative, formatTime } from '../format.ts'
import { findTrial, type Jury, openJury } from '../court/jury-court.ts'
import { trialDocument, trialLines, trialSteps, type Viewer } from '../court/jury-lines.ts'
import { addNetworkOptions, type NetworkFlags } from '../options.ts'
import { viewerOf } from '../chain/signer.ts'
import { latestBlock } from '#client/chain.ts'

type Flags = NetworkFlags & { readonly jury?: Address; readonly account?: Address }

const EXAMPLES = `
Examples:
  assize jury status --jury 0x56…
  assize jury status 0x12ab…
  assize jury status 0x12ab… --account 0x34… --json`

/** Adds `assize jury status`: a jury's pool and what is yours in it, or a fixing's case and what can be done. */
export function defineJuryStatus(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = group
    .command('status')
    .description('A jury, its pool and what is yours there; or the case of a fixing, its seats, and what can be done.')
    .argument('[fixing]', 'its id', hash)
    .option('--jury <address>', "the JuryArbitrator (default: $ASSIZE_JURY, or the fixing's)", address)
    .option('--account <address>', 'whose seats (default: $ASSIZE_ACCOUNT, else that of $ASSIZE_KEYSTORE)', address)
  addNetworkOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (id: Hex | undefined, flags: Flags) => done(await showJury(id, flags, context)))
}

async function showJury(id: Hex | undefined, flags: Flags, context: Context): Promise<ExitCode> {
  const connection = await openOracle(flags, context)
  const account = viewerOf(flags.account, context)
  return id === undefined
    ? showPool(connection, await openJury(connection, flags.jury, context), account, flags, context)
    : showTrial(connection, id, account, flags, context)
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
  const steps = trialSteps(trial, viewer, connection.paste)
  if (steps.length > 0) io.out('\nWhat can be done')
  for (const { what, command } of steps) io.out(`  ${what}  ${command}`)
  return EXIT.ok
}

/** The account, and those of `jurors` that it commits for. */
export async function viewerAmong(
  { chain }: Connection,
  jury: Address,
  jurors: readonly Address[],
  account: Address | undefined,
): Promise<Viewer> {
  if (account === undefined) return { account, principals: [] }
  const voters = await readVoters(chain, jury, jurors)
  const principals = jurors.filter((juror, i) => juror === account || voters[i] === account)
  return { account, principals }
}

type Own = { readonly account: Address; readonly pooled: number; readonly standing: JurorStanding }

async function showPool(
  connection: Connection,
  jury: Jury,
  account: Address | undefined,
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
    account === undefined
      ? undefined
      : {
          account,
          pooled: pool.filter((juror) => juror === account).length,
          standing: await readStanding(chain, jury.address, account),
        }
  if (json === true) io.out(JSON.stringify(poolDocument(jury, pool, waiting, own), undefined, 2))
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
  const duration = (seconds: number): string => formatDuration(BigInt(seconds))
  const separation = formatPercent(BigInt(terms.leastSeparationPpm))
  return [
    `jury      ${jury}`,
    `seats     ${terms.seats}, ${terms.quorum} of which must reveal; ${amount(terms.seatStake)} at stake in each`,
    `takes     fixings that pay at least ${amount(fee)}, with candidates at least ${separation} apart`,
    `times     ${duration(terms.commitTime)} to commit, then ${duration(terms.revealTime)} to reveal; a stake warms up ${duration(terms.warmUp)}`,
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
  { account, pooled, standing }: Own,
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
            admitTime > time
              ? `from ${formatTime(admitTime)}${formatRelative(admitTime, time)}`
              : `now: ${paste('jury', 'admit')}`
          }`,
        ]
  return [
    '',
    `Stakes of ${account}`,
    `  in pool   ${pooled}`,
    ...coming,
    `  idle      ${amount(idle)}${idle > 0n ? `: ${paste('jury', 'claim')}` : ''}`,
    `  voter     ${voter ?? 'nobody else'}`,
  ]
}

function poolDocument(
  { address: jury, terms }: Jury,
  pool: readonly Address[],
  waiting: readonly Hex[],
  own: Own | undefined,
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
          },
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
