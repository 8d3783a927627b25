import type { Command } from 'commander'
import type { Hex } from 'viem'
import { eventsOf } from '#client/fixing-log.ts'
import { readBond, readPot } from '#client/oracle-reader.ts'
import { proposeCall } from '#client/oracle-writer.ts'
import { formatValue } from '#protocol/decimal.ts'
import { reward } from '#protocol/payout.ts'
import { proposalProspects } from '#protocol/prospects.ts'
import { type Action, perform, type Performed, warned } from '../chain/action.ts'
import { baseUnits, hash, indexValue } from '../arguments.ts'
import { claimCommand, type Connection, openOracle, requireFresh } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { failureOf, InputError, RefusedError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { farOffWarnings, type Known } from '../fixing/far-off.ts'
import { findFixing, type FoundFixing, readAgain } from '../fixing/fixing-source.ts'
import { formatAmount, formatIndexValue, formatMoment } from '../format.ts'
import {
  addNetworkOptions,
  addReadingOptions,
  addSigningOptions,
  type NetworkFlags,
  type ReadingFlags,
  type SigningFlags,
} from '../options.ts'
import { prospectLines } from '../fixing/prospect-lines.ts'
import { ownValues } from '../index/own-values.ts'
import { reportPerformed } from '../chain/report.ts'
import { openSigner } from '../chain/signer.ts'
import { phaseRefusal } from '../chain/stale.ts'
import { requireTrusted } from '../chain/trust.ts'

type Flags = NetworkFlags & SigningFlags & ReadingFlags

const EXAMPLES = `
With the fixing's index document it reads the value too, and warns of one that is ten times or more away.

Examples:
  assize propose 0x12ab… 2500.10
  assize propose 0x12ab… INVALID --max 0.2eth
  assize propose 0x12ab… 2500.10 --dry-run --account 0x34…`

/** Adds `assize propose`: stakes the bond on the first candidate of a fixing. */
export function definePropose(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = program
    .command('propose')
    .argument('<fixing>', 'its id', hash)
    .argument('<value>', 'in index units, or INVALID', indexValue)
  addSigningOptions(addReadingOptions(addNetworkOptions(command)))
    .addHelpText('after', EXAMPLES)
    .action(async (id: Hex, value: bigint, flags: Flags) => done(await proposeValue({ id, value }, flags, context)))
}

async function proposeValue(
  { id, value }: { readonly id: Hex; readonly value: bigint },
  flags: Flags,
  context: Context,
): Promise<ExitCode> {
  const connection = await openOracle(flags, context)
  const found = await findFixing(connection, id)
  requireFresh(found.view.snapshot.atTime, context.now(), flags.maxAge)
  requireTrusted(found.fixing, flags.arbitrators, context.env)
  requireOpen(connection, found)
  const bond = await readBond(connection.chain, connection.oracle, found.fixing)
  requireMax(bond, flags, connection)
  const signer = await openSigner(flags, context)
  const rewardPot = await readPot(connection.chain, connection.oracle, found.fixing, {
    kind: 'fund',
    round: 0,
    value: 0n,
  })
  const warnings = farOffWarnings(value, await readOwn(found, flags, context))
  const action = warned(actionOf(connection, found, { value, bond, rewardPot: rewardPot.filled }), warnings, context)
  const performed = await perform(action, { connection, signer, flags, context })
  reportPerformed(
    performed,
    { action: 'propose', id, value, amount: bond, prospects: action.prospects, warnings },
    {
      connection,
      flags,
      context,
      lines: nextLines(performed, connection, found),
    },
  )
  return EXIT.ok
}

/** What this machine reads of the index, to compare with: nobody else has said anything yet. Nothing without the fixing's document. */
async function readOwn({ fixing, view }: FoundFixing, flags: Flags, context: Context): Promise<readonly Known[]> {
  const folder = flags.indexDir ?? context.env['ASSIZE_INDEX_DIR'] ?? ''
  if (folder === '') return []
  try {
    const { own } = await ownValues(flags, context, 0)({ id: view.snapshot.id, fixing, block: view.snapshot.atBlock })
    return own === undefined ? [] : [{ value: own.value, what: 'the own value' }]
  } catch (error) {
    if (context.signal.aborted) throw error
    context.io.err(`no value for ${view.snapshot.id}: ${failureOf(error).message}`)
    return []
  }
}

type Proposal = { readonly value: bigint; readonly bond: bigint; readonly rewardPot: bigint }

function actionOf(connection: Connection, found: FoundFixing, { value, bond, rewardPot }: Proposal) {
  const { token, oracle } = connection
  const { fixing, view } = found
  const { id, atTime } = view.snapshot
  const earned = reward(rewardPot, atTime - fixing.maturity)
  const prospects = proposalProspects(bond, { reward: earned, arbitrationFee: fixing.arbitrationFee })
  const named = formatIndexValue(value, 18)
  return {
    steps: [{ label: `propose ${named}`, call: proposeCall(oracle, fixing, { value, maxBond: bond }) }],
    amount: bond,
    claims: 1,
    gain: earned > 0n ? earned : undefined,
    prospects,
    lines: [
      `propose   ${named} for fixing ${id}`,
      `stake     ${formatAmount(bond, token)}, the bond`,
      ...prospectLines(prospects, {
        name: named,
        amount: bond,
        fixing,
        token,
        window: fixing.firstWindow,
        staking: { kind: 'proposal', round: 0 },
      }),
    ],
    question: `Stake ${formatAmount(bond, token)} on ${named}?`,
    recheck: async () =>
      requireOpen(connection, { ...found, view: { ...view, snapshot: await readAgain(connection, fixing) } }),
  } satisfies Action & { prospects: unknown }
}

/** Throws RefusedError unless a value can be proposed. */
function requireOpen(connection: Connection, { view }: FoundFixing): void {
  const { paste } = connection
  const { snapshot } = view
  if (snapshot.phase === 'open') return
  if (snapshot.phase === 'active') {
    const leader = formatValue(snapshot.facts.leader)
    throw new RefusedError(
      `Expected a fixing without a proposal, got one where ${leader} leads in round ${snapshot.facts.round}.`,
      `If that is wrong: ${paste('contribute', snapshot.id, 'VALUE', 'AMOUNT')}`,
    )
  }
  throw phaseRefusal(snapshot, connection)
}

function requireMax(bond: bigint, { max }: Flags, { token }: Connection): void {
  if (max === undefined || bond <= baseUnits(max, token)) return
  throw new InputError(
    `Expected a bond of at most ${formatAmount(baseUnits(max, token), token)}, got ${formatAmount(bond, token)}.`,
    'Raise --max, or leave this fixing to others.',
  )
}

function nextLines({ sent }: Performed, { oracle, token, paste }: Connection, { view }: FoundFixing): string[] {
  const receipt = sent.at(-1)
  const { id, atTime } = view.snapshot
  if (receipt === undefined) return []
  const proposed = eventsOf(oracle, receipt.logs).find(({ eventName }) => eventName === 'Proposed')
  if (proposed?.eventName !== 'Proposed') return []
  const { value, deadline } = proposed.args
  return [
    `${formatIndexValue(value)} leads. It settles ${formatMoment(deadline, atTime)} unless somebody disputes it.`,
    `Until then look: ${paste('fixing', 'show', id)}`,
    `Afterwards:      ${claimCommand({ token, paste }, id)}`,
  ]
}
