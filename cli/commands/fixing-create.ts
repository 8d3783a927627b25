import type { Command } from 'commander'
import type { Address, Hex } from 'viem'
import { createdIn } from '#client/fixing-log.ts'
import { readSecurity } from '#client/security.ts'
import { hasCode } from '#client/code-at.ts'
import { createCall } from '#client/oracle-writer.ts'
import { latestBlock } from '#client/chain.ts'
import { DEFAULT_PARAMETERS, type Fixing, fixingId, worstCase } from '#protocol/fixing.ts'
import { type Action, perform } from '../chain/action.ts'
import { address, type Amount, amount, baseUnits, duration, instant, whole } from '../arguments.ts'
import { requireWithinBounds } from '../fixing/bounds.ts'
import { type Connection, openOracle, requireFresh } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { parametersDocument, parameterLines } from '../fixing/fixing-parameters.ts'
import { formatDuration, formatMoment } from '../format.ts'
import { readNamedIndex } from '../index/index-name.ts'
import { addNetworkOptions, addSigningOptions, type NetworkFlags, type SigningFlags } from '../options.ts'
import { requireProposable } from '../fixing/proposable.ts'
import { securityWarnings } from '../fixing/security-view.ts'
import { openSigner } from '../chain/signer.ts'

type Flags = NetworkFlags &
  SigningFlags & {
    readonly index: string
    readonly maturity: bigint
    readonly arbitrator: Address
    readonly backup: Address
    readonly openInterest: Address
    readonly minBond?: Amount
    readonly fee?: Amount
    readonly bondPpm: number
    readonly firstWindow: number
    readonly window: number
    readonly separationPpm: number
    readonly bandPpm: number
    readonly grace: number
    readonly limit: number
  }

const DEFAULTS = DEFAULT_PARAMETERS
const NOBODY: Address = `0x${'00'.repeat(20)}`

const EXAMPLES = `
Examples:
  assize fixing create --index eth-usd.json --maturity 2026-03-27T08:00Z --arbitrator 0x12… --backup 0x34…
  assize fixing create --index 0xab… --maturity 1774598400 --arbitrator 0x12… --backup 0x34… --min-bond 1eth --dry-run`

/** Adds `assize fixing create`: announces a fixing, whose parameters are then fixed for ever. */
export function defineFixingCreate(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = group
    .command('create')
    .description('Announce a fixing: one index at one maturity under one set of parameters.')
    .requiredOption('--index <file or id>', 'the index document, or its id')
    .requiredOption('--maturity <time>', 'Unix seconds, or UTC such as 2026-03-27T08:00Z', instant)
    .requiredOption('--arbitrator <address>', 'who rules on a dispute', address)
    .requiredOption('--backup <address>', 'who rules if the arbitrator does not', address)
    .option('--open-interest <address>', 'who reports the open interest; none by default', address, NOBODY)
    .option('--min-bond <amount>', 'least bond (default: 0.1 ETH)', amount)
    .option('--fee <amount>', 'arbitration fee (default: 0.04 ETH)', amount)
    .option('--bond-ppm <ppm>', 'bond as a share of the open interest', whole, DEFAULTS.bondPpm)
    .option('--first-window <time>', 'first window: seconds, or such as 24h, 2d', duration, DEFAULTS.firstWindow)
    .option('--window <time>', 'later windows', duration, DEFAULTS.window)
    .option('--separation-ppm <ppm>', 'least distance of two candidates', whole, DEFAULTS.separationPpm)
    .option('--band-ppm <ppm>', 'how far from the ruling a candidate still wins', whole, DEFAULTS.bandPpm)
    .option('--grace <time>', 'proposal grace', duration, DEFAULTS.proposalGrace)
    .option('--limit <time>', 'arbitration limit', duration, DEFAULTS.arbitrationLimit)
  addSigningOptions(addNetworkOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (flags: Flags) => done(await createFixing(flags, context)))
}

async function createFixing(flags: Flags, context: Context): Promise<ExitCode> {
  const { id: indexId } = await readNamedIndex(flags.index)
  const connection = await openOracle(flags, context)
  const { chain, oracle, paste } = connection
  const fixing = fixingOf(flags, indexId, connection)
  requireWithinBounds(fixing, connection.token)
  const id = fixingId(fixing, { chainId: chain.chainId, oracle })
  const { time } = await latestBlock(chain)
  const lines = [...linesOf(fixing, id, connection, time), ...(await warningsOf(connection, fixing, context))]
  const document = documentOf(fixing, id, connection)
  const [known] = createdIn(await connection.readLog(id))
  if (known !== undefined) {
    const already = `It was created in block ${known.block} already: nothing to send.`
    report(flags, context, [...lines, already], { ...document, sent: [] })
    return EXIT.ok
  }
  requireFresh(time, context.now(), flags.maxAge)
  // A transaction comes after both clocks.
  await requireProposable(connection, fixing, time > context.now() ? time : context.now())
  const signer = await openSigner(flags, context)
  const action: Action = {
    steps: [{ label: 'create the fixing', call: createCall(oracle, fixing) }],
    lines,
    question: 'Create it?',
  }
  const { sent } = await perform(action, { connection, signer, flags, context })
  const next = sent.length === 0 ? 'Nothing was sent.' : `Created. Next: ${paste('fixing', 'show', id)}`
  report(flags, context, [next], { ...document, sent: sent.map(({ transactionHash }) => transactionHash) })
  return EXIT.ok
}

function linesOf(fixing: Fixing, id: Hex, { token }: Connection, now: bigint): string[] {
  const latest = worstCase(fixing)
  const undisputed = formatDuration(BigInt(fixing.firstWindow))
  return [
    `fixing    ${id}`,
    ...parameterLines(fixing, token),
    `settled   at the latest ${formatMoment(latest, now)}; undisputed ${undisputed} after a proposal`,
  ]
}

function documentOf(fixing: Fixing, id: Hex, { chain, oracle }: Connection): Record<string, unknown> {
  const parameters = parametersDocument(fixing)
  return { version: 1, chainId: chain.chainId, oracle, id, parameters, worstCase: Number(worstCase(fixing)) }
}

function report(flags: Flags, { io }: Context, lines: readonly string[], document: object): void {
  if (flags.json === true) io.out(JSON.stringify(document, undefined, 2))
  else for (const line of lines) io.out(line)
}

function fixingOf(flags: Flags, indexId: Hex, { token }: Connection): Fixing {
  const { maturity, arbitrator, backup, openInterest, bondPpm, firstWindow, window, separationPpm, bandPpm } = flags
  return {
    indexId,
    maturity,
    arbitrator,
    backup,
    openInterest,
    minBond: flags.minBond === undefined ? DEFAULTS.minBond : baseUnits(flags.minBond, token),
    arbitrationFee: flags.fee === undefined ? DEFAULTS.arbitrationFee : baseUnits(flags.fee, token),
    bondPpm,
    firstWindow,
    window,
    separationPpm,
    bandPpm,
    proposalGrace: flags.grace,
    arbitrationLimit: flags.limit,
  }
}

/** What the contract allows and a careful creator would not. */
async function warningsOf({ chain, oracle, token }: Connection, fixing: Fixing, { io }: Context): Promise<string[]> {
  const warnings: string[] = []
  for (const name of ['arbitrator', 'backup'] as const) {
    if (await hasCode(chain, fixing[name])) continue
    warnings.push(`The ${name} ${fixing[name]} is no contract: one key would rule alone.`)
  }
  if (fixing.bandPpm < 2 * fixing.separationPpm) {
    warnings.push('The band is below twice the separation: see docs/parameters.md.')
  }
  warnings.push(...securityWarnings(await readSecurity(chain, oracle, fixing), token))
  return warnings.map((text) => io.paint('bad', text))
}
