import type { Command } from 'commander'
import { z } from 'zod'
import { type Config, loadConfig } from '#node/config'
import { askNode } from '#node/http-client'
import { hasStore, openStore } from '#node/store'
import { positive } from '../arguments.ts'
import { printable } from '#protocol/printable.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { ETHER, formatAmount, formatIndexValue, formatTime, shorten } from '../format.ts'

type Flags = {
  readonly config: string
  readonly limit: number
  readonly fixing?: string
  readonly json?: true
}

/** As both store and local interface give it; times may have come as text. */
const ENTRIES = z.array(
  z.object({
    sequence: z.number(),
    time: z.union([z.bigint(), z.string().transform(BigInt)]),
    stage: z.string(),
    fixingId: z.string().optional(),
    action: z.string(),
    reason: z.string(),
  }),
)
type Entry = z.output<typeof ENTRIES>[number]

const MOST = 1_000

/** Adds `assize journal`: what a node did, and decided not to do, and why. */
export function defineJournal(program: Command, context: Context, done: (code: ExitCode) => void): void {
  program
    .command('journal')
    .requiredOption('--config <file>', "the node's TOML configuration")
    .option('--limit <n>', `how many lines, up to ${MOST}`, positive, 50)
    .option('--fixing <id>', 'only those about this fixing; the beginning of its id will do')
    .option('--json', 'print one JSON document on stdout')
    .addHelpText(
      'after',
      `
A node that runs is asked on the http_port of its configuration; of one that is stopped the store is read.

Examples:
  assize journal --config node.toml
  assize journal --config node.toml --fixing 0x12ab --limit 500 --json`,
    )
    .action(async (flags: Flags) => done(await showJournal(flags, context)))
}

async function showJournal(flags: Flags, { io, env }: Context): Promise<ExitCode> {
  if (flags.limit > MOST) {
    throw new InputError(`Expected --limit from 1 to ${MOST}, got ${flags.limit}.`, 'Ask for fewer lines.')
  }
  const shown = await readEntries(loadConfig({ file: flags.config, env }), flags)
  if (flags.json === true) {
    const lines = shown.map((entry) => ({ ...entry, time: Number(entry.time) }))
    io.out(JSON.stringify({ version: 1, lines }, undefined, 2))
  } else if (shown.length === 0) io.out('The journal has no such line.')
  else for (const entry of shown) io.out(lineOf(entry))
  return EXIT.ok
}

async function readEntries({ dataDir, httpPort }: Config, { limit, fixing }: Flags): Promise<readonly Entry[]> {
  if (!hasStore(dataDir)) {
    throw new InputError(`Expected the store of a node in ${dataDir}, got none.`, 'Check data_dir.')
  }
  try {
    const store = await openStore(dataDir)
    try {
      return ENTRIES.parse(await store.journal.newest(limit, fixing))
    } finally {
      await store.close()
    }
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'Store.StoreLockedError') throw error
    if (httpPort === 0) {
      throw new InputError(
        'Expected http_port in the configuration of a node that runs, got none.',
        'Set http_port and restart it, or stop it and ask again.',
        { cause: error },
      )
    }
    const about = fixing === undefined ? '' : `&fixing=${encodeURIComponent(fixing)}`
    return askNode(httpPort, `/journal?limit=${limit}${about}`, ENTRIES)
  }
}

function lineOf({ time, stage, action, reason, fixingId }: Entry): string {
  const about = fixingId === undefined ? '-' : shorten(fixingId)
  return [formatTime(time), about, stage, action, printable(inUnits(reason))].join('  ')
}

/** From so many digits on a number counts parts of 1e18: of an ETH, or of the unit of an index. */
const LONG = /\b(\d{15,39})\b(?! wei per gas)( wei\b)?/g

/** What the node wrote in wei, and values with 18 decimals, as people read them; scripts get what it wrote. */
function inUnits(reason: string): string {
  return reason.replaceAll(LONG, (_, digits: string, wei: string | undefined) =>
    wei === undefined ? formatIndexValue(BigInt(digits), 18) : formatAmount(BigInt(digits), ETHER, 18),
  )
}
