import type { Command } from 'commander'
import type { Address, Hex } from 'viem'
import { disputeAssertionCall, readClaim, type UmaAssertion, winningsOf } from '#client/uma.ts'
import { type Action, perform } from '../chain/action.ts'
import { address, hash } from '../arguments.ts'
import { type Connection, openOracle } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { RefusedError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatAmount, formatIndexValue, formatMoment } from '../format.ts'
import { addNetworkOptions, addSigningOptions, type NetworkFlags, type SigningFlags } from '../options.ts'
import { reportPerformed } from '../chain/report.ts'
import { openSigner } from '../chain/signer.ts'
import { assertionIn, findHearing, findTrusted, type Hearing } from '../court/uma-court.ts'
import { stageText } from '../court/uma-lines.ts'

type Flags = NetworkFlags & SigningFlags & { readonly adapter?: Address }
type Asked = { readonly id: Hex; readonly assertionId: Hex }

const EXAMPLES = `
Dispute only what you have read yourself to be false. A true value can be asserted beside it: assize uma assert.

Examples:
  assize uma dispute 0x12ab… 0x78… --adapter 0x56…
  assize uma dispute 0x12ab… 0x78… --adapter 0x56… --dry-run --account 0x34…`

/** Adds `assize uma dispute`: has UMA's token holders vote on an assertion that is false. */
export function defineUmaDispute(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = group
    .command('dispute')
    .description(
      "Dispute a false assertion at UMA, with as much bond as its asserter's: UMA's token holders vote on it.",
    )
    .argument('<fixing>', 'its id', hash)
    .argument('<assertion>', 'its id, as "uma status" shows it', hash)
    .option(
      '--adapter <address>',
      'the UmaArbitrator whose court you trust with the bond (default: $ASSIZE_UMA)',
      address,
    )
  addSigningOptions(addNetworkOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (id: Hex, assertionId: Hex, flags: Flags) =>
      done(await disputeIt({ id, assertionId }, flags, context)),
    )
}

async function disputeIt({ id, assertionId }: Asked, flags: Flags, context: Context): Promise<ExitCode> {
  const connection = await openOracle(flags, context)
  const hearing = await findTrusted(connection, id, flags, context)
  const assertion = requireDisputable(hearing, assertionId, connection)
  const signer = await openSigner(flags, context)
  const { adapter, fixing } = hearing
  const name = formatIndexValue(assertion.value, 18)
  const claim = await readClaim(connection.chain, adapter.address, fixing, assertion.value)
  const action: Action = {
    steps: [{ label: `dispute ${name}`, call: disputeAssertionCall(adapter.court, assertionId, signer.address) }],
    amount: assertion.bond,
    taker: { name: "UMA's oracle", address: adapter.court },
    gain: winningsOf(assertion.bond, adapter),
    lines: linesOf(hearing, assertion, claim, connection),
    question: `Dispute ${name}?`,
    recheck: async () =>
      void requireDisputable(await findHearing(connection, id, adapter.address), assertionId, connection),
  }
  const performed = await perform(action, { connection, signer, flags, context })
  const lines = [
    `Disputed. UMA's voters decide, which takes days; then: ${connection.paste('uma', 'settle', id, assertionId)}`,
    `Meanwhile assert what is true, or see to it that somebody does: ${connection.paste('uma', 'assert', id, 'VALUE')}`,
  ]
  const deed = {
    action: 'uma dispute',
    id,
    arbitrator: adapter.address,
    value: assertion.value,
    amount: assertion.bond,
  }
  reportPerformed(performed, deed, { connection, flags, context, lines })
  return EXIT.ok
}

function linesOf(
  { adapter, snapshot }: Hearing,
  { value, asserter, bond, expiry }: UmaAssertion,
  claim: string,
  { token }: Connection,
): string[] {
  const amount = (wei: bigint): string => formatAmount(wei, token)
  return [
    `dispute   ${formatIndexValue(value, 18)} for fixing ${snapshot.id}, asserted by ${asserter}`,
    `court     ${adapter.court}: it must be UMA's optimistic oracle on this chain`,
    `claim     ${claim}`,
    `time      until ${formatMoment(expiry, snapshot.atTime)}`,
    `bond      ${amount(bond)}, back with ${amount(winningsOf(bond, adapter))} of the asserter's if UMA's voters find the claim false`,
    'risk      the bond, if they find it true',
  ]
}

function requireDisputable(hearing: Hearing, assertionId: Hex, connection: Connection): UmaAssertion {
  const assertion = assertionIn(hearing, assertionId, connection)
  if (assertion.stage === 'open') return assertion
  const { id, atTime } = hearing.snapshot
  throw new RefusedError(
    `Expected an assertion that can be disputed, got one that is ${stageText(assertion, atTime)}.`,
    `Look: ${connection.paste('uma', 'status', id)}`,
  )
}
