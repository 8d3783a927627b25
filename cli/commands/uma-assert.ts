import type { Command } from 'commander'
import type { Address, Hex } from 'viem'
import { assertValueCall, readClaim, winningsOf } from '#client/uma.ts'
import { INVALID } from '#protocol/fixing.ts'
import { type Action, perform } from '../chain/action.ts'
import { address, hash, indexValue } from '../arguments.ts'
import { type Connection, openOracle } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { InputError, RefusedError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatAmount, formatDuration, formatIndexValue, formatMoment } from '../format.ts'
import { addNetworkOptions, addSigningOptions, type NetworkFlags, type SigningFlags } from '../options.ts'
import { reportPerformed } from '../chain/report.ts'
import { openSigner } from '../chain/signer.ts'
import { claimNoiseLines, noiseOf } from '../court/noise.ts'
import { findHearing, findTrusted, type Hearing, requireHearing, requireUndecided } from '../court/uma-court.ts'

type Flags = NetworkFlags & SigningFlags & { readonly adapter?: Address }

const EXAMPLES = `
The claim that UMA's voters would be asked is shown first. Assert only what you have read yourself: see "assize evidence check".

Examples:
  assize uma assert 0x12ab… 2500.10 --adapter 0x56…
  assize uma assert 0x12ab… INVALID --adapter 0x56… --dry-run --account 0x34…`

/** Adds `assize uma assert`: says at UMA what a fixing is at, with a bond. */
export function defineUmaAssert(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = group
    .command('assert')
    .description(
      "Assert the value of a fixing at UMA, with UMA's bond: if nobody disputes it in time it is the ruling.",
    )
    .argument('<fixing>', 'its id', hash)
    .argument('<value>', 'in index units, or INVALID', indexValue)
    .option('--adapter <address>', 'the UmaArbitrator that you trust with the bond (default: $ASSIZE_UMA)', address)
  addSigningOptions(addNetworkOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (id: Hex, value: bigint, flags: Flags) => done(await assertIt({ id, value }, flags, context)))
}

type Asked = { readonly id: Hex; readonly value: bigint }

async function assertIt({ id, value }: Asked, flags: Flags, context: Context): Promise<ExitCode> {
  const connection = await openOracle(flags, context)
  const hearing = await findTrusted(connection, id, flags, context)
  requireAssertable(hearing, value, connection)
  const signer = await openSigner(flags, context)
  const { adapter, fixing } = hearing
  const name = formatIndexValue(value, 18)
  const claim = await readClaim(connection.chain, adapter.address, fixing, value)
  const cautions = value === INVALID ? [] : claimNoiseLines(await noiseOf(fixing, context))
  const action: Action = {
    steps: [{ label: `assert ${name}`, call: assertValueCall(adapter.address, fixing, value) }],
    amount: adapter.bond,
    taker: { name: 'the adapter', address: adapter.address },
    gain: fixing.arbitrationFee,
    lines: linesOf(hearing, { name, claim, cautions }, connection),
    question: `Assert that ${name} is the value?`,
    recheck: async () => requireAssertable(await findHearing(connection, id, adapter.address), value, connection),
  }
  const performed = await perform(action, { connection, signer, flags, context })
  const lines = [
    `Asserted. Unless it is disputed it can be settled in ${formatDuration(adapter.liveness)}: ${connection.paste('uma', 'settle', id)}`,
    `Look: ${connection.paste('uma', 'status', id)}`,
  ]
  const deed = { action: 'uma assert', id, arbitrator: adapter.address, value, amount: adapter.bond }
  reportPerformed(performed, deed, { connection, flags, context, lines })
  return EXIT.ok
}

type Claim = { readonly name: string; readonly claim: string; readonly cautions: readonly string[] }

function linesOf(
  { adapter, fixing, snapshot }: Hearing,
  { name, claim, cautions }: Claim,
  { token }: Connection,
): string[] {
  const expiry = snapshot.atTime + adapter.liveness
  const amount = (wei: bigint): string => formatAmount(wei, token)
  const won = amount(winningsOf(adapter.bond, adapter))
  return [
    `assert    ${name} for fixing ${snapshot.id}, through adapter ${adapter.address}`,
    `court     ${adapter.court}: it must be UMA's optimistic oracle on this chain`,
    `claim     ${claim}`,
    `bond      ${amount(adapter.bond)}, back once it is found true; it can be disputed until ${formatMoment(expiry, snapshot.atTime)}`,
    `fee       ${amount(fixing.arbitrationFee)}, if it is the first that is found true`,
    ...cautions,
    `risk      the bond, if somebody disputes it and UMA's voters find it false; ${won} of the disputer's if they find it true`,
  ]
}

function requireAssertable(hearing: Hearing, value: bigint, connection: Connection): void {
  const { adapter, snapshot, assertions } = hearing
  if (value === 0n) throw new InputError('Expected a value above zero, got 0.', 'Give the value in index units.')
  const end = requireHearing(hearing, connection)
  requireUndecided(hearing, connection)
  const expiry = snapshot.atTime + adapter.liveness
  if (expiry >= end) {
    throw new RefusedError(
      `Expected more than ${formatDuration(adapter.liveness)} until the adapter's turn ends, got ${formatDuration(end - snapshot.atTime)}.`,
      'It is too late to assert: the backup rules next.',
    )
  }
  const same = assertions.find((one) => one.value === value && (one.stage === 'open' || one.stage === 'ripe'))
  if (same === undefined) return
  const next = same.stage === 'open' ? 'It becomes the ruling unless somebody disputes it' : 'Settle it'
  throw new RefusedError(
    `Expected a value that nobody asserts, got ${formatIndexValue(value, 18)}, which ${same.asserter} asserts and nobody disputed.`,
    `${next}: ${connection.paste('uma', same.stage === 'open' ? 'status' : 'settle', snapshot.id)}`,
  )
}
