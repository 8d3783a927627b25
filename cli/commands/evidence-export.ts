import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Command } from 'commander'
import type { Address, Hex } from 'viem'
import type { z } from 'zod'
import { announcedFixing } from '#client/announcement.ts'
import { oracleEvents } from '#client/fixing-log.ts'
import { readEpoch, readReporters } from '#client/roster.ts'
import { type Config, loadConfig } from '#node/config'
import { askNode } from '#node/http-client'
import { DIFFERENCES, FAILURE, OBSERVATIONS, SAMPLES, STATUS } from '#node/http-schemas'
import type { Evidence, EvidenceBody } from '#protocol/evidence.ts'
import { evidenceText } from '#protocol/evidence-file.ts'
import type { Fixing } from '#protocol/fixing.ts'
import { type IndexDocument, indexId } from '#protocol/index-document.ts'
import { isAllOf, leavesOf, type SampleLeaf, withDifferences } from '#protocol/samples.ts'
import { openNodesChain } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { readIndexFile } from '../index/index-file.ts'
import { writeOver } from '../output-file.ts'
import { oneOf } from '../reporter/node-fixing.ts'

type Flags = { readonly config: string; readonly file?: string; readonly bodies: boolean; readonly json?: true }
type Observation = z.output<typeof OBSERVATIONS>[number]
type Archived = z.output<typeof SAMPLES> | z.output<typeof FAILURE>

const EXAMPLES = `
The file has the fixing's parameters, the index document, who reports, every observation with its signature, the raw closes behind each, as far as peers
still have them, and what this node's own sources answered, up to 64 KiB each. Whoever has it can compute the value again: assize evidence check.

Examples:
  assize evidence export 0x12ab --config node.toml --file evidence.json
  assize evidence export 0x12ab --config node.toml > evidence.json`

/** Adds `assize evidence export`: everything that a node knows of a fixing's value, in one file. */
export function defineEvidenceExport(group: Command, context: Context, done: (code: ExitCode) => void): void {
  group
    .command('export')
    .description('Write all that a running node knows of the value of a fixing into one file that anybody can check.')
    .argument('<fixing>', 'its id; the beginning will do')
    .requiredOption('--config <file>', "the node's TOML configuration; it must run, with http_port")
    .option('--file <file>', 'write it there (default: print it)')
    .option('--no-bodies', 'leave out what the sources answered')
    .option('--json', 'with --file: print what is in it as one JSON document; without, the evidence is one')
    .addHelpText('after', EXAMPLES)
    .action(async (fixing: string, flags: Flags) => done(await exportEvidence(fixing, flags, context)))
}

async function exportEvidence(beginning: string, flags: Flags, { io, env }: Context): Promise<ExitCode> {
  const config = loadConfig({ file: flags.config, env })
  if (config.httpPort === 0) {
    throw new InputError('Expected http_port in the configuration, got none.', 'Set it and restart the node.')
  }
  const { fixings } = await askNode(config.httpPort, '/status', STATUS)
  const id = oneOf(fixings, beginning).id as Hex // the schema says so
  const whole = await gather(config, id, (line) => io.err(line))
  const evidence = flags.bodies ? whole : { ...whole, bodies: [] }
  const text = evidenceText(evidence)
  if (flags.file === undefined) io.out(text)
  else await writeOver(flags.file, `${text}\n`)
  const { observations, samples, panel, bodies } = evidence
  const withSamples = observations.filter(({ signed }) => samples.has(signed.sourcesRoot)).length
  io.err(
    `${observations.length} observations of ${panel.reporters.length} reporters, the closes behind ${withSamples} of them, what ${bodies.filter(({ body }) => body !== undefined).length} of its sources answered.`,
  )
  if (flags.file !== undefined && flags.json === true) {
    const counts = { reporters: panel.reporters.length, observations: observations.length, samples: withSamples }
    io.out(JSON.stringify({ version: 1, file: flags.file, fixing: id, ...counts }, undefined, 2))
  }
  if (flags.file !== undefined) io.err(`Check it: assize evidence check ${flags.file}`)
  return EXIT.ok
}

async function gather(config: Config, id: Hex, tell: (line: string) => void): Promise<Evidence> {
  const { oracle, registry, fromBlock, indexDir, httpPort } = config
  const chain = await openNodesChain(config, { err: tell })
  const fixing = await announcedFixing(chain, oracle, id, await oracleEvents(chain, oracle, { fromBlock }, id))
  if (fixing === undefined) {
    throw new InputError(`Expected fixing ${id} in the oracle's log, got none.`, 'Check rpc_url and from_block.')
  }
  const document = await findDocument(indexDir, fixing)
  const reporters = await readReporters(chain, registry, fixing.maturity)
  const epoch = await readEpoch(chain, registry, fixing.maturity)
  const held = await askNode(httpPort, `/fixings/${id}/observations`, OBSERVATIONS)
  const record = await askNode(httpPort, `/fixings/${id}/samples`, SAMPLES.or(FAILURE))
  const samples = await samplesBehind({ httpPort, id, held, own: ownLeaves(record) }, tell)
  return {
    chainId: chain.chainId,
    oracle,
    registry,
    id,
    fixing,
    document,
    panel: { epoch, reporters: reporters.map(({ index, signer }) => ({ index, signer })) },
    observations: held.map(observationOf),
    samples,
    bodies: bodiesIn(record, document).filter(({ root }) => samples.has(root)),
  }
}

async function findDocument(indexDir: string, fixing: Fixing): Promise<IndexDocument> {
  for (const name of globSync('*.json', { cwd: indexDir }).toSorted()) {
    const document = await readIndexFile(join(indexDir, name))
    if (indexId(document) === fixing.indexId) return document
  }
  throw new InputError(`Expected the document of index ${fixing.indexId} in ${indexDir}, got none.`, 'Put it there.')
}

function observationOf(held: Observation): Evidence['observations'][number] {
  const { fixingId, value, observedAt, sourcesRoot, signature } = held
  const { r, s, v } = signature
  return {
    reporterIndex: held.reporterIndex,
    signer: held.signer as Address, // the schema says so, as of all these
    signed: {
      fixingId: fixingId as Hex,
      value: BigInt(value),
      observedAt: BigInt(observedAt),
      sourcesRoot: sourcesRoot as Hex,
      signature: { r: r as Hex, s: s as Hex, v },
    },
  }
}

type Asked = {
  readonly httpPort: number
  readonly id: Hex
  readonly held: readonly Observation[]
  readonly own: readonly SampleLeaf[]
}

/** The node's own closes, and those of others as they differ from them; what does not hash to its root is left out. */
async function samplesBehind(
  { httpPort, id, held, own }: Asked,
  tell: (line: string) => void,
): Promise<ReadonlyMap<Hex, readonly SampleLeaf[]>> {
  const found = new Map<Hex, readonly SampleLeaf[]>()
  for (const { signer, sourcesRoot } of held) {
    const root = sourcesRoot as Hex // the schema says so
    if (found.has(root)) continue
    if (isAllOf(own, root)) {
      found.set(root, own)
      continue
    }
    tell(`Asking about ${signer}…`)
    const answer = await askNode(httpPort, `/fixings/${id}/differences?signer=${signer}`, DIFFERENCES)
    if (answer.kind === 'unknown') continue
    const differences = answer.differences.map(({ sourceId, open, ours, theirs }) => {
      return { sourceId, open: BigInt(open), ours, theirs }
    })
    const leaves = withDifferences(own, differences)
    if (isAllOf(leaves, root)) found.set(root, leaves)
  }
  return found
}

function ownLeaves(record: Archived): readonly SampleLeaf[] {
  // Differences are from what was observed: who abstained has nothing to compare with.
  if (!('samples' in record) || record.observation === undefined) return []
  const samples = record.samples.map(({ sourceId, quote, closes }) => {
    return { sourceId, quote, closes: closes.map((close) => close ?? undefined) }
  })
  return leavesOf(samples, record.opens.map(BigInt))
}

/** What the node's own sources answered, under the root of what it read from them. */
function bodiesIn(record: Archived, { sources }: IndexDocument): EvidenceBody[] {
  if (!('samples' in record) || record.observation === undefined) return []
  const root = record.observation.sourcesRoot as Hex // the schema says so
  const isLocal = (sourceId: string): boolean =>
    sources.some((source) => source.id === sourceId && source.kind === 'csv' && source.url === undefined)
  // Where a file lies on this machine is nobody's business.
  return record.records.map((one) => ({
    ...one,
    root,
    origin: isLocal(one.sourceId) ? basename(one.origin) : one.origin,
  }))
}
