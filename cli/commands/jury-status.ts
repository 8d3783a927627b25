import type { Command } from 'commander'
import type { Address, Hex } from 'viem'
import { address, duration, hash } from '../arguments.ts'
import { type Connection, openOracle } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { findTrial, type Jury, openJury } from '../court/jury-court.ts'
import { noiseLines, noiseOf } from '../court/noise.ts'
import { trialDocument, trialLines, trialSteps, unaskedSteps, type Voter } from '../court/jury-lines.ts'
import { FOR_OPTION } from '../court/own-votes.ts'
import { type OwnCases, ownCases, viewerOfRound } from '../court/own-cases.ts'
import { poolDocument, poolLines, readPoolView } from '../court/pool-view.ts'
import { failureOf, InputError } from '../errors.ts'
import { BlindError, startSight } from '../fixing/alarm.ts'
import { stepLines } from '../fixing/next-steps.ts'
import { addNetworkOptions, MAX_AGE, type NetworkFlags } from '../options.ts'
import { viewerOf } from '../chain/signer.ts'

type Flags = NetworkFlags & {
  readonly jury?: Address
  readonly account?: Address
  readonly for?: readonly Address[]
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
Without a fixing it lists every case that runs in which the account has a seat, or a juror that it votes for: what is due, before when, and by which command.
Anybody can name the account his voter. Whom it votes for it says itself, with --for; seats of others who have named it are listed apart, and set off no alarm.
Whoever was the voter of a juror that has named another since still has to reveal what it has committed: with --for these seats are listed too.
An alarm (--until-due) ends with exit 0 once one of these seats is to commit or to reveal, and with exit 1 once it cannot see: the endpoint is dead, slow or
behind. Start it again after each vote.

Examples:
  assize jury status --jury 0x56…
  assize jury status 0x12ab…
  assize jury status 0x12ab… --account 0x34… --json
  assize jury status --until-due --for 0x34…
  if assize jury status --until-due; then mail -s "assize: vote" me; else mail -s "assize: no alarm any more" me; fi`

/** Adds `assize jury status`: a jury's pool and what is yours in it, or a fixing's case and what can be done. */
export function defineJuryStatus(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = group
    .command('status')
    .description('A jury, its pool and what is yours there; or the case of a fixing, its seats, and what can be done.')
    .argument('[fixing]', 'its id', hash)
    .option('--jury <address>', "the JuryArbitrator (default: $ASSIZE_JURY, or the fixing's)", address)
    .option('--account <address>', 'whose seats (default: $ASSIZE_ACCOUNT, else that of $ASSIZE_KEYSTORE)', address)
    .option(...FOR_OPTION)
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
  const voter = account === undefined ? undefined : { account, votesFor: flags.for ?? [] }
  if (id !== undefined && flags.untilDue === true) {
    throw new InputError(
      'Expected --until-due or a fixing, got both.',
      'Leave one of them out: it waits for all cases.',
    )
  }
  if (id !== undefined) return showTrial(connection, id, voter, flags, context)
  const jury = await openJury(connection, flags.jury, context)
  const look = voter === undefined ? undefined : ownCases(connection, jury, voter)
  if (flags.untilDue !== true) {
    return showPool(connection, jury, { voter, cases: await look?.() }, flags, context)
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
    return await showPool(connection, jury, { voter, cases }, flags, context)
  } catch (error) {
    if (flags.json === true) throw error
    // INVARIANT: what was waited for is said, whatever else cannot be read any more.
    context.io.err(failureOf(error).message)
    context.io.out(`Seats of ${account} are due. Look: ${connection.paste('jury', 'status')}`)
    return EXIT.ok
  }
}

/** The first look at which a seat is to commit or to reveal; undefined if it was interrupted. Throws BlindError. */
async function firstDue(look: () => Promise<OwnCases>, flags: Flags, context: Context): Promise<OwnCases | undefined> {
  const { io, sleep, signal } = context
  const sight = startSight(look, { ...flags, clock: context, signal })
  const told = new Set<string>()
  // Whoever has named a wrong endpoint learns it here; one that dies later may come back.
  let seen: OwnCases | undefined = await sight.look()
  while (seen?.cases.some(({ due }) => due !== undefined) !== true) {
    for (const line of unaskedLines(seen)) {
      if (!told.has(line)) io.err(line)
      told.add(line)
    }
    await sleep(flags.interval * 1_000, signal).catch(() => undefined)
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

/** What nothing will tell of, since nobody said that it is voted for. */
function unaskedLines(seen: OwnCases | undefined): string[] {
  return (seen?.unasked ?? []).map(
    ({ fixing, juror }) =>
      `Not waited for: the seats of ${juror} in fixing ${fixing}. If you vote for it, begin again with --for ${juror}.`,
  )
}

async function showTrial(
  connection: Connection,
  id: Hex,
  voter: Voter | undefined,
  { jury, json }: Flags,
  context: Context,
): Promise<ExitCode> {
  const { io } = context
  const trial = await findTrial(connection, id, jury)
  const viewer = await viewerOfRound(connection, trial, voter)
  const noise = await noiseOf(trial.fixing, context)
  if (json === true) {
    const document = { ...trialDocument(trial, viewer, connection.paste), noise: noise ?? null }
    io.out(JSON.stringify({ version: 1, jury: trial.jury.address, ...document }, undefined, 2))
    return EXIT.ok
  }
  for (const line of trialLines(trial, viewer, noiseLines(noise))) io.out(line)
  const offers = unaskedSteps(trial, viewer, connection.paste)
  for (const line of stepLines([...trialSteps(trial, viewer, connection.paste), ...offers])) io.out(line)
  return EXIT.ok
}

async function showPool(
  connection: Connection,
  jury: Jury,
  viewed: { readonly voter: Voter | undefined; readonly cases: OwnCases | undefined },
  { json }: Flags,
  { io }: Context,
): Promise<ExitCode> {
  const view = await readPoolView(connection, jury, viewed)
  if (json === true) io.out(JSON.stringify(poolDocument(jury, view, connection), undefined, 2))
  else for (const line of poolLines(jury, view, connection)) io.out(line)
  return EXIT.ok
}
