import type { Command } from 'commander'
import type { Address } from 'viem'
import type { z } from 'zod'
import { loadConfig } from '#node/config'
import { askNode, PEERS_TIMEOUT_MS } from '#node/http-client'
import { DIFFERENCES, OBSERVATIONS, STATUS } from '#node/http-schemas'
import { address } from '../arguments.ts'
import type { Context } from '../context.ts'
import { InputError, RefusedError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatColumns, formatIndexValue, formatTime } from '../format.ts'
import { oneOf } from '../reporter/node-fixing.ts'

type Flags = { readonly config: string; readonly signer?: Address; readonly json?: true }
type Observation = z.output<typeof OBSERVATIONS>[number]
type Differences = z.output<typeof DIFFERENCES>
type Fixing = z.output<typeof STATUS>['fixings'][number]

/** Adds `assize differences`: why observations of one fixing are not the same, by source and minute. */
export function defineDifferences(program: Command, context: Context, done: (code: ExitCode) => void): void {
  program
    .command('differences')
    .argument('<fixing>', 'its id; the beginning will do')
    .requiredOption('--config <file>', "the node's TOML configuration; it must run, with http_port")
    .option('--signer <address>', 'only of this reporter, also if it observed the same', address)
    .option('--json', 'print one JSON document on stdout')
    .addHelpText(
      'after',
      `
The node asks its peers for the samples behind each observation that differs from its own, checks them against what was signed, and
compares. A reporter whose own samples make another value than it signed did not follow the index document.

Examples:
  assize differences 0x12ab --config node.toml
  assize differences 0x12ab --config node.toml --signer 0x… --json`,
    )
    .action(async (fixing: string, flags: Flags) => done(await showDifferences(fixing, flags, context)))
}

async function showDifferences(beginning: string, flags: Flags, { io, env }: Context): Promise<ExitCode> {
  const { httpPort } = loadConfig({ file: flags.config, env })
  if (httpPort === 0) {
    throw new InputError('Expected http_port in the configuration, got none.', 'Set it and restart the node.')
  }
  const { fixings } = await askNode(httpPort, '/status', STATUS)
  const fixing = oneOf(fixings, beginning)
  const held = await askNode(httpPort, `/fixings/${fixing.id}/observations`, OBSERVATIONS)
  const found: Differences[] = []
  for (const { signer } of asked(held, fixing, flags.signer)) {
    io.err(`Asking about ${signer}…`)
    const path = `/fixings/${fixing.id}/differences?signer=${signer}`
    found.push(await askNode(httpPort, path, DIFFERENCES, PEERS_TIMEOUT_MS))
  }
  if (flags.json === true) io.out(JSON.stringify({ version: 1, fixing: fixing.id, observations: found }, undefined, 2))
  else if (found.length === 0) io.out(`All ${held.length} observations that are held are of the same samples.`)
  else for (const line of found.flatMap(linesOf)) io.out(line)
  return EXIT.ok
}

/** Whose observation is asked about: of the signer that was named, or of all who saw something else than this node. */
function asked(
  held: readonly Observation[],
  { observation }: Fixing,
  signer: Address | undefined,
): readonly Observation[] {
  if (signer !== undefined) {
    const one = held.find((observed) => observed.signer.toLowerCase() === signer.toLowerCase())
    if (one === undefined) {
      const signers = held.map((observed) => observed.signer).join(', ')
      throw new InputError(
        `Expected a reporter whose observation is held, got ${signer}.`,
        `Held: ${signers || 'none'}.`,
      )
    }
    return [one]
  }
  if (observation === undefined) {
    throw new RefusedError(
      'Expected an own observation to compare with, got none.',
      'See assize journal, stage observe.',
    )
  }
  return held.filter(({ sourcesRoot }) => sourcesRoot !== observation.sourcesRoot)
}

function linesOf(found: Differences): string[] {
  const { signer, value, ownValue } = found
  const own = ownValue === undefined ? 'nothing' : formatIndexValue(BigInt(ownValue), 18)
  const head = `${signer} observed ${formatIndexValue(BigInt(value), 18)}, this node ${own}.`
  if (found.kind === 'unknown') return [head, '  Its samples could not be had of any peer.']
  return [head, ...verdict(found), ...tableOf(found)]
}

function verdict({ recomputed, value }: Extract<Differences, { readonly kind: 'compared' }>): string[] {
  if (recomputed === value) return []
  const made = recomputed === undefined ? 'no value' : formatIndexValue(BigInt(recomputed), 18)
  return [`  Its own samples make ${made}: it did not follow the index document.`]
}

function tableOf({ differences }: Extract<Differences, { readonly kind: 'compared' }>): string[] {
  if (differences.length === 0) return ['  The samples are the same.']
  const rows = differences.map(({ sourceId, open, ours = '-', theirs = '-' }) => [
    `  ${formatTime(BigInt(open))}`,
    sourceId,
    ours,
    theirs,
  ])
  return formatColumns([['  minute', 'source', 'here', 'there'], ...rows])
}
