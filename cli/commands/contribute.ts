import type { Command } from 'commander'
import type { Hex } from 'viem'
import { type FixingSnapshot, type Pot, readPot } from '#client/oracle-reader.ts'
import { type Claim, stakeCall } from '#client/oracle-writer.ts'
import { prospectsOf, takenOf } from '#client/quote.ts'
import { isSeparated } from '#protocol/distance.ts'
import type { Prospect } from '#protocol/prospects.ts'
import { type Action, perform, warned } from '../chain/action.ts'
import { type Amount, amountOr, baseUnits, hash, indexValue, whole } from '../arguments.ts'
import { type Connection, openOracle, requireFresh } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { farOffWarnings } from '../fixing/far-off.ts'
import { findFixing, type FoundFixing, readAgain } from '../fixing/fixing-source.ts'
import { formatAmount, formatIndexValue, formatMoment, type Token } from '../format.ts'
import { addNetworkOptions, addSigningOptions, type NetworkFlags, type SigningFlags } from '../options.ts'
import { ownLeadLines, readOwnLead } from '../fixing/own-lead.ts'
import { ownPotLines, readOwnPot, requireSameOwn } from '../fixing/own-pot.ts'
import { prospectLines } from '../fixing/prospect-lines.ts'
import { reportPerformed } from '../chain/report.ts'
import { openSigner } from '../chain/signer.ts'
import { type Bid, movedRound, requireSameRound, requireStakeable } from '../chain/stake-check.ts'
import { stakedIn, stakedLines } from '../chain/staked.ts'
import { requireTrusted } from '../chain/trust.ts'

type Flags = NetworkFlags & SigningFlags & { readonly round?: number }

/** What was asked for: an amount, or all that the pot still needs. */
type Asked = Amount | 'rest'

/** A bid with what the oracle will take of it. */
type SizedBid = Bid & { readonly pot: Pot; readonly asked: bigint; readonly taken: bigint }

/** With less than this left, seconds, three transactions may come too late: ten blocks of Ethereum. */
const HURRY = 120n

/** Adds `assize contribute` and `assize appeal`: stake towards a value's lead, or towards a ruling. */
export function defineStakes(program: Command, context: Context, done: (code: ExitCode) => void): void {
  for (const kind of ['contribute', 'appeal'] as const) defineStake(kind, program, context, done)
}

function defineStake(kind: Bid['kind'], program: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = program
    .command(kind)
    .argument('<fixing>', 'its id', hash)
    .argument('<value>', 'in index units, or INVALID', indexValue)
    .argument('<amount>', 'such as 0.05eth, or "rest" for all that the pot still needs', amountOr('rest'))
    .option('--round <n>', 'refuse any other round than this', whole)
  addSigningOptions(addNetworkOptions(command))
    .addHelpText('after', examplesOf(kind))
    .action(async (id: Hex, value: bigint, asked: Asked, flags: Flags) => {
      done(await stake({ kind, id, value, asked }, flags, context))
    })
}

async function stake(
  { kind, id, value, asked }: { kind: Bid['kind']; id: Hex; value: bigint; asked: Asked },
  flags: Flags,
  context: Context,
): Promise<ExitCode> {
  const connection = await openOracle(flags, context)
  const { paste } = connection
  const found = await findFixing(connection, id)
  const { snapshot } = found.view
  requireFresh(snapshot.atTime, context.now(), flags.maxAge)
  requireTrusted(found.fixing, flags.arbitrators, context.env)
  const bid: Bid = { kind, value, amountText: asked === 'rest' ? asked : asked.text }
  requireStakeable(bid, snapshot, context.now(), connection)
  if (flags.round !== undefined && flags.round !== snapshot.facts.round) throw movedRound(flags.round, snapshot, paste)
  const sized = await sizeOf(bid, asked, connection, snapshot)
  const signer = await openSigner(flags, context)
  const prospects = prospectsOf({ ...bid, amount: sized.taken }, sized.pot, snapshot)
  const place = placeOf(bid, snapshot)
  const [ownLead, ownPot] = await Promise.all([
    readOwnLead(connection, found, signer.address),
    readOwnPot(connection, found, place, signer.address),
  ])
  const own = [...ownPotLines(ownPot, connection), ...ownLeadLines(ownLead, connection, found)]
  const known = snapshot.candidates.map((one) => ({ value: one.value, what: 'the nearest candidate' }))
  const warnings = farOffWarnings(value, known)
  const recheck = async (): Promise<void> => {
    const now = await readAgain(connection, found.fixing)
    requireSameRound(snapshot, now, connection)
    // The question may have stood until after the deadline.
    requireStakeable(bid, now, context.now(), connection)
    // Another command of the account may have done the same.
    requireSameOwn(ownPot, await readOwnPot(connection, found, place, signer.address), connection, found)
  }
  const action = { ...warned(actionOf(sized, prospects, own, connection, found), warnings, context), recheck }
  const performed = await perform(action, { connection, signer, flags, context })
  const staked = stakedIn(performed, connection)
  reportPerformed(
    performed,
    {
      action: kind,
      id,
      value,
      round: snapshot.facts.round,
      amount: sized.taken,
      prospects,
      warnings,
      taken: staked?.taken,
    },
    { connection, flags, context, lines: staked === undefined ? [] : stakedLines(staked, sized, connection, snapshot) },
  )
  return EXIT.ok
}

/** The pot of this round that a bid is for. */
function placeOf({ kind, value }: Bid, { facts }: FixingSnapshot): Claim {
  return { kind: kind === 'contribute' ? 'stake' : 'appeal', round: facts.round, value }
}

/** How much of what was asked for the pot can take. */
async function sizeOf(bid: Bid, asked: Asked, connection: Connection, snapshot: FixingSnapshot): Promise<SizedBid> {
  const { chain, oracle, token } = connection
  const pot = await readPot(chain, oracle, snapshot.fixing, placeOf(bid, snapshot), snapshot.atBlock)
  const wanted = asked === 'rest' ? pot.need - pot.filled : baseUnits(asked, token)
  if (wanted === 0n)
    throw new InputError('Expected an amount above zero, got 0.', 'Stake any part of what the pot needs.')
  if (asked !== 'rest') requireMeant(asked, wanted, pot, token)
  return { ...bid, pot, asked: wanted, taken: takenOf({ amount: wanted }, pot).taken }
}

/**
 * Throws InputError for more than the pot takes where no unit says that it is meant so: it may be wei, or the value in the
 * amount's place, and would stake all of the pot.
 */
function requireMeant({ text, unit }: Amount, wanted: bigint, pot: Pot, token: Token): void {
  const missing = pot.need - pot.filled
  if (unit !== undefined || wanted <= missing) return
  const example = token.isWeth ? '0.05eth or 50000000gwei' : `5${token.symbol.toLowerCase()}`
  throw new InputError(
    `Expected at most ${formatAmount(missing, token)}, all that the pot still takes, got ${formatAmount(wanted, token)}: "${text}" is without a unit.`,
    `The value comes before the amount. For all of it say "rest"; with its unit, such as ${example}, more is capped.`,
  )
}

function actionOf(
  bid: SizedBid,
  prospects: readonly Prospect[],
  own: readonly string[],
  connection: Connection,
  found: FoundFixing,
): Omit<Action, 'recheck'> {
  const { kind, value, asked, taken } = bid
  const { token, oracle } = connection
  const { fixing, view } = found
  const { facts } = view.snapshot
  const name = formatIndexValue(value, 18)
  const good = prospects.find(({ end }) => end === (kind === 'contribute' ? 'undisputed' : 'right'))
  const staking = { kind: kind === 'contribute' ? 'contribution' : kind, round: facts.round } as const
  const call = stakeCall(oracle, kind, fixing, { round: facts.round, value, amount: taken })
  return {
    steps: [{ label: `${kind} ${formatAmount(taken, token)} for ${name}`, call }],
    amount: taken,
    asked,
    claims: 1,
    gain: good === undefined ? undefined : good.paid - taken,
    lines: [
      ...headLines(bid, connection, view.snapshot),
      ...own,
      ...nearPotLines(bid, connection, found),
      ...prospectLines(prospects, { name, amount: taken, fixing, token, window: fixing.window, staking }),
    ],
    question: `Stake ${formatAmount(taken, token)} on ${name}?`,
  }
}

function headLines(
  { kind, value, asked, taken, pot }: SizedBid,
  { token }: Connection,
  snapshot: FixingSnapshot,
): string[] {
  const { id, facts, atTime } = snapshot
  const name = formatIndexValue(value, 18)
  const missing = pot.need - pot.filled
  const until = formatMoment(facts.deadline, atTime)
  const goal =
    kind === 'contribute'
      ? `${name} then leads instead of ${formatIndexValue(facts.leader, 18)}`
      : 'the arbitrator then rules'
  return [
    `value     ${name} for fixing ${id}, round ${facts.round}, until ${until}`,
    ...(asked > taken
      ? [`capped    at what the pot still needs: ${formatAmount(missing, token)} of the ${formatAmount(asked, token)}`]
      : []),
    ...(facts.deadline - atTime < HURRY
      ? [`hurry     what comes after the deadline costs gas and stakes nothing`]
      : []),
    `stake     ${formatAmount(taken, token)} of ${formatAmount(missing, token)} that the pot still needs: ` +
      (taken === missing ? goal : `if others add the rest in time, ${goal}`),
  ]
}

/** Pots of values so near that only one of them can win: together they would fill one, apart perhaps none. */
function nearPotLines({ kind, value }: Bid, { token, paste }: Connection, { view, fixing }: FoundFixing): string[] {
  const own = kind === 'contribute' ? 'stake' : 'appeal'
  return view.pots
    .filter((pot) => pot.kind === own && pot.value !== value && !isSeparated(pot.value, value, fixing.separationPpm))
    .map((pot) => {
      const other = formatIndexValue(pot.value, 18)
      const command = paste(kind, view.snapshot.id, other, 'AMOUNT')
      return `others    collect for ${other} (${formatAmount(pot.filled, token)}), nearly the same; pots do not add up: ${command}`
    })
}

function examplesOf(kind: Bid['kind']): string {
  return `
Examples:
  assize ${kind} 0x12ab… 2500.10 0.05eth
  assize ${kind} 0x12ab… 2500.10 rest --max 0.3eth
  assize ${kind} 0x12ab… 2500.10 "0.05 eth" --dry-run --account 0x34…`
}
