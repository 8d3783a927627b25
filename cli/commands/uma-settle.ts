import type { Command } from 'commander'
import type { Address, Hex } from 'viem'
import { bringCall, settleAssertionCall, type UmaAssertion } from '#client/uma.ts'
import { type Action, perform } from '../chain/action.ts'
import type { Step } from '../chain/send-steps.ts'
import { address, hash } from '../arguments.ts'
import { type Connection, openOracle, requireFresh } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { InputError, RefusedError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatAmount, formatIndexValue } from '../format.ts'
import { addNetworkOptions, addSigningOptions, type NetworkFlags, type SigningFlags } from '../options.ts'
import { reportPerformed } from '../chain/report.ts'
import { openSigner } from '../chain/signer.ts'
import { assertionIn, findHearing, type Hearing, hearingEnd } from '../court/uma-court.ts'
import { stageText } from '../court/uma-lines.ts'

type Flags = NetworkFlags & SigningFlags & { readonly adapter?: Address }

/** What there is to settle at UMA, and what it makes the ruling; undefined where there is nothing. */
type Errand = { readonly settles: UmaAssertion | undefined; readonly brings: bigint | undefined }

const EXAMPLES = `
Of values that nobody disputed the first that is settled is the ruling: if there are several, name the true one.

Examples:
  assize uma settle 0x12ab…
  assize uma settle 0x12ab… 0x78… --dry-run --account 0x34…`

/** Adds `assize uma settle`: ends an assertion at UMA and brings the ruling to the oracle. */
export function defineUmaSettle(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = group
    .command('settle')
    .description(
      'Settle an assertion that nobody disputed in time, or that was voted on, and bring the ruling: by anyone.',
    )
    .argument('<fixing>', 'its id', hash)
    .argument('[assertion]', 'which, as "uma status" shows it (default: the one that can be settled)', hash)
    .option('--adapter <address>', "which of the fixing's two, if both ask UMA", address)
  addSigningOptions(addNetworkOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (id: Hex, assertionId: Hex | undefined, flags: Flags) =>
      done(await settleIt({ id, assertionId }, flags, context)),
    )
}

async function settleIt(
  { id, assertionId }: { readonly id: Hex; readonly assertionId: Hex | undefined },
  flags: Flags,
  context: Context,
): Promise<ExitCode> {
  const connection = await openOracle(flags, context)
  const hearing = await findHearing(connection, id, flags.adapter)
  requireFresh(hearing.snapshot.atTime, context.now(), flags.maxAge)
  const errand = errandOf(hearing, assertionId, connection)
  const signer = await openSigner(flags, context)
  const { adapter } = hearing
  const action: Action = {
    steps: stepsOf(errand, hearing),
    lines: linesOf(errand, hearing, connection),
    question: 'Do it?',
    recheck: async () => {
      const now = errandOf(await findHearing(connection, id, adapter.address), assertionId, connection)
      if (now.brings === errand.brings && now.settles?.assertionId === errand.settles?.assertionId) return
      throw new RefusedError('Expected what was just shown to be left to do, got something else.', 'Try again.')
    },
  }
  const performed = await perform(action, { connection, signer, flags, context })
  const next =
    errand.brings === undefined
      ? `Look: ${connection.paste('uma', 'status', id)}`
      : `Settled at ${formatIndexValue(errand.brings, 18)}. Look: ${connection.paste('fixing', 'show', id)}`
  const deed = {
    action: 'uma settle',
    id,
    arbitrator: adapter.address,
    ...(errand.brings === undefined ? {} : { value: errand.brings }),
  }
  reportPerformed(performed, deed, { connection, flags, context, lines: [next] })
  return EXIT.ok
}

function stepsOf({ settles, brings }: Errand, { adapter, fixing }: Hearing): Step[] {
  const settle = settles && {
    label: `settle ${formatIndexValue(settles.value, 18)}`,
    call: settleAssertionCall(adapter.court, settles.assertionId),
  }
  const bring = brings !== undefined && {
    label: `rule ${formatIndexValue(brings, 18)}`,
    call: bringCall(adapter.address, fixing),
  }
  return [...(settle ? [settle] : []), ...(bring ? [bring] : [])]
}

function linesOf({ settles, brings }: Errand, { adapter, fixing, ruling, snapshot }: Hearing, { token }: Connection) {
  const payee = ruling?.asserter ?? settles?.asserter
  return [
    `settle    fixing ${snapshot.id}, through adapter ${adapter.address}`,
    ...(settles === undefined
      ? []
      : [
          `assertion ${formatIndexValue(settles.value, 18)} by ${settles.asserter}: ${stageText(settles, snapshot.atTime)}`,
        ]),
    brings === undefined
      ? 'ruling    none of it'
      : `ruling    ${formatIndexValue(brings, 18)}; ${payee} gets the fee, ${formatAmount(fixing.arbitrationFee, token)}`,
  ]
}

/** What is left to do. Throws RefusedError if nothing is, or if it is for a person to choose; InputError for an unknown assertion. */
function errandOf(hearing: Hearing, assertionId: Hex | undefined, connection: Connection): Errand {
  const { ruling } = hearing
  const isItsTurn = hearingEnd(hearing) !== undefined
  const settles = assertionId === undefined ? choiceIn(hearing, connection) : ripeOf(hearing, assertionId, connection)
  const value = ruling?.value ?? (settles?.isTrue === true ? settles.value : undefined)
  const brings = isItsTurn ? value : undefined
  if (settles !== undefined || brings !== undefined) return { settles, brings }
  throw nothingToDo(hearing, connection)
}

function ripeOf(hearing: Hearing, assertionId: Hex, connection: Connection): UmaAssertion {
  const assertion = assertionIn(hearing, assertionId, connection)
  if (isRipe(assertion)) return assertion
  throw new RefusedError(
    `Expected an assertion that can be settled, got one that is ${stageText(assertion, hearing.snapshot.atTime)}.`,
    `Look: ${connection.paste('uma', 'status', hearing.snapshot.id)}`,
  )
}

/** The one that there is; none once there is a ruling, as others change nothing. */
function choiceIn({ assertions, ruling, snapshot }: Hearing, { paste }: Connection): UmaAssertion | undefined {
  if (ruling !== undefined) return undefined
  const ripe = assertions.filter(isRipe)
  const isTrue = ripe.filter((one) => one.isTrue)
  if (new Set(isTrue.map(({ value }) => value)).size > 1) {
    throw new InputError(
      `Expected the assertion to settle, got none of ${isTrue.map(({ value }) => formatIndexValue(value, 18)).join(' and ')}: the first that is settled is the ruling.`,
      `Name the true one, as listed by: ${paste('uma', 'status', snapshot.id)}`,
    )
  }
  return isTrue[0] ?? ripe[0]
}

function isRipe({ stage }: UmaAssertion): boolean {
  return stage === 'ripe' || stage === 'voted'
}

function nothingToDo({ snapshot, assertions }: Hearing, { paste }: Connection): RefusedError {
  const { id, phase } = snapshot
  const got =
    phase === 'settled'
      ? 'one that is settled'
      : assertions.length === 0
        ? 'one of which nothing is asserted'
        : 'one whose assertions wait'
  return new RefusedError(
    `Expected a fixing with something to settle, got ${got}.`,
    `Look: ${paste(phase === 'settled' ? 'fixing' : 'uma', phase === 'settled' ? 'show' : 'status', id)}`,
  )
}
