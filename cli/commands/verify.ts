import { type Command, Option } from 'commander'
import type { Address, Hex } from 'viem'
import { readReporters } from '#client/roster.ts'
import { formatValue } from '#protocol/decimal.ts'
import { hash } from '../arguments.ts'
import { type Connection, openOracle } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { RefusedError } from '../errors.ts'
import { addressFrom } from '../environment.ts'
import { readEvidence } from '../index/evidence-source.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { type Advice, adviceOn, adviceWithoutValue } from '../fixing/advice.ts'
import { findFixing, type FoundFixing } from '../fixing/fixing-source.ts'
import { formatTime } from '../format.ts'
import { findIndexDocument } from '../index/index-folder.ts'
import { type IndexReading, readForFixing, readingDocument, readingLines } from '../index/index-reading.ts'
import {
  addNetworkOptions,
  addReadingOptions,
  addRegistryOption,
  type NetworkFlags,
  type ReadingFlags,
} from '../options.ts'
import { type KnownReporters, peerDocument, peerLines, type PeerReading, readPeers } from '../index/peer-reading.ts'
import { type OwnValue, standingText, type Verdict, verdictOf, verdictText } from '../fixing/verdict.ts'

type Flags = NetworkFlags &
  ReadingFlags & { readonly index?: string; readonly evidence?: string; readonly registry?: Address }

/** What was found out about a fixing; without an own value there is no verdict. */
type Verification = {
  readonly found: FoundFixing
  readonly reading: IndexReading
  readonly peers: PeerReading | undefined
  readonly verdict: Verdict | undefined
  readonly advice: Advice
}

const EXAMPLES = `
The index document is that of the fixing, by its hash: no other is taken. Venues keep closes for some time only; after that, --evidence has
them, if --registry names the registry whose reporters it is to be of.
Exit 1: what stands is another value. Exit 3: the sources do not suffice for one now.

Examples:
  assize verify 0x12ab… --index eth-usd.json
  assize verify 0x12ab… --index-dir indices --evidence evidence.json
  assize verify 0x12ab… --index btc-replay.json --prices closes.csv --json`

/** Adds `assize verify`: computes the value of a fixing again, and compares it with what stands on chain. */
export function defineVerify(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = program
    .command('verify')
    .argument('<fixing>', 'its id', hash)
    .option('--index <file>', 'its index document')
    .addOption(new Option('--evidence <file>', 'compare with what reporters saw too: of "assize evidence export"'))
  addRegistryOption(addReadingOptions(addNetworkOptions(command)))
    .addHelpText('after', EXAMPLES)
    .action(async (id: Hex, flags: Flags) => done(await verify(id, flags, context)))
}

async function verify(id: Hex, flags: Flags, context: Context): Promise<ExitCode> {
  const { io } = context
  const connection = await openOracle(flags, context)
  const found = await findFixing(connection, id)
  const { snapshot } = found.view
  const { maturity, indexId } = found.fixing
  if (snapshot.phase === 'pending') {
    throw new RefusedError(
      `Expected a maturity that is over, got ${formatTime(maturity)}.`,
      `There is nothing to verify before it; look: ${connection.paste('fixing', 'show', id)}`,
    )
  }
  const document = await findIndexDocument(flags, indexId, context)
  const evidence = flags.evidence === undefined ? undefined : await readEvidence(flags.evidence)
  const reading = await readForFixing(document, found.fixing, flags, context)
  const registry = flags.registry ?? addressFrom(context.env, 'ASSIZE_REGISTRY')
  const isAsked = evidence !== undefined || flags.registry !== undefined
  const reporters = registry === undefined || !isAsked ? undefined : await reportersOf(registry)
  const peers =
    evidence === undefined
      ? undefined
      : readPeers(evidence, { id, until: found.view.snapshot.atTime }, reading, reporters)
  const own = ownOf({ reading, peers })
  const verdict = own === undefined ? undefined : verdictOf(own, found.view)
  const advice =
    own === undefined
      ? adviceWithoutValue({ peers, file: flags.evidence }, { id, registry }, connection)
      : adviceOn(own, found.view, connection)
  const verification: Verification = { found, reading, peers, verdict, advice }
  if (flags.json === true) io.out(JSON.stringify(documentOf(verification, connection), undefined, 2))
  else for (const line of linesOf(verification)) io.out(line)
  if (verdict === undefined) return EXIT.abstained
  return verdict.kind === 'differs' ? EXIT.failed : EXIT.ok

  async function reportersOf(named: Address): Promise<KnownReporters> {
    const there = await readReporters(connection.chain, named, maturity)
    return { registry: named, signers: there.map(({ index, signer }) => ({ index, signer })) }
  }
}

/**
 * What the sources say now; if they do not any more, what the reporters' samples make, if all of the evidence is sound and its
 * reporters are those of a registry that the user named.
 */
function ownOf({ reading, peers }: Pick<Verification, 'reading' | 'peers'>): OwnValue | undefined {
  const { noisePpm } = reading.document
  if (reading.result.kind === 'value') return { value: reading.result.value, noisePpm }
  const { assessment, isKnown } = peers ?? {}
  if (isKnown !== true || assessment?.isSound !== true || assessment.value === undefined) return undefined
  return { value: assessment.value, noisePpm }
}

function linesOf(verification: Verification): string[] {
  const { found, reading, peers, verdict, advice } = verification
  const { view } = found
  const own = ownOf(verification)
  return [
    `fixing    ${view.snapshot.id}`,
    `standing  ${standingText(view.snapshot)}`,
    '',
    ...readingLines(reading),
    ...(peers === undefined ? [] : ['', ...peerLines(peers)]),
    '',
    ...(own !== undefined && reading.result.kind !== 'value'
      ? ['basis     the evidence alone: the sources have nothing any more']
      : []),
    own === undefined || verdict === undefined
      ? 'verdict   none: there is no own value to compare with'
      : `verdict   ${verdictText(verdict, own.value)}`,
    `why       ${advice.why}`,
    `next      ${advice.next}`,
  ]
}

function documentOf(verification: Verification, connection: Connection): Record<string, unknown> {
  const { found, reading, peers, verdict, advice } = verification
  const { view } = found
  const own = ownOf(verification)
  const standing = verdict === undefined || verdict.kind === 'nothing' ? undefined : verdict.standing
  return {
    version: 1,
    chainId: connection.chain.chainId,
    oracle: connection.oracle,
    fixing: view.snapshot.id,
    phase: view.snapshot.phase,
    value: own === undefined ? null : formatValue(own.value),
    basis: own === undefined ? null : reading.result.kind === 'value' ? 'sources' : 'evidence',
    standing: standing === undefined ? null : formatValue(standing),
    verdict: verdict?.kind ?? null,
    why: advice.why,
    next: advice.next,
    reading: readingDocument(reading),
    peers: peers === undefined ? null : peerDocument(peers),
  }
}
