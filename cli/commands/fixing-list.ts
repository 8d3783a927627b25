import { type Command, Option } from 'commander'
import { type Phase, PHASES } from '#protocol/phase.ts'
import { openOracle } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { readViews } from '../fixing/fixing-source.ts'
import { type FixingView, viewDocument } from '../fixing/fixing-view.ts'
import { formatDuration, formatIndexValue, formatPpm, formatTime } from '../format.ts'
import { nextEvent } from '../fixing/next-event.ts'
import { addNodesNetworkOptions, type NetworkFlags } from '../options.ts'
import { formatTable } from '../table.ts'

const EXAMPLES = `
Examples:
  assize fixing list
  assize fixing list --phase active
  assize fixing list --from-block 19000000 --json`

type Flags = NetworkFlags & { readonly phase?: Phase }

const HEAD = ['fixing', 'phase', 'leader', 'odds', 'next']
const TEXT = ['fixing', 'phase', 'next']

/** Adds `assize fixing list`: one line for each fixing that was created. */
export function defineFixingList(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = group.command('list').description('Every fixing that was created: phase, leader, odds, deadline.')
  command.addOption(new Option('--phase <phase>', 'only those in this phase').choices(PHASES))
  addNodesNetworkOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (flags: Flags) => done(await listFixings(flags, context)))
}

async function listFixings(flags: Flags, context: Context): Promise<ExitCode> {
  const { io } = context
  const connection = await openOracle(flags, context)
  const { chain, oracle } = connection
  const views = await readViews(connection, await connection.readLog())
  const shown = views.filter(({ snapshot }) => flags.phase === undefined || snapshot.phase === flags.phase)
  if (flags.json === true) {
    const fixings = shown.map(viewDocument)
    io.out(JSON.stringify({ version: 1, chainId: chain.chainId, oracle, fixings }, undefined, 2))
  } else if (shown.length === 0)
    io.out(views.length === 0 ? 'No fixing was created here.' : `No fixing is ${flags.phase}.`)
  else {
    const rows = shown.map(cellsOf)
    io.out(
      io.isTerminal ? formatTable({ head: HEAD, rows, text: TEXT }, io) : rows.map((row) => row.join('  ')).join('\n'),
    )
  }
  return EXIT.ok
}

function cellsOf({ snapshot, odds }: FixingView): string[] {
  const { id, phase, facts, leaderIndex, settlement } = snapshot
  const isStanding = phase === 'active' || phase === 'arbitration'
  const leader = phase === 'settled' ? settlement : leaderIndex === undefined ? undefined : facts.leader
  const chance = isStanding && leaderIndex !== undefined ? odds[leaderIndex]?.probabilityPpm : undefined
  return [
    id,
    facts.round > 0 && isStanding ? `${phase} ${facts.round}` : phase,
    leader === undefined ? '-' : formatIndexValue(leader),
    chance === undefined ? '-' : formatPpm(Number(chance)),
    nextOf(snapshot),
  ]
}

/** What comes next, and when. */
function nextOf(snapshot: FixingView['snapshot']): string {
  const next = nextEvent(snapshot)
  if (next === undefined) return `settled by ${snapshot.outcome}`
  const { what, time } = next
  const isLater = time > snapshot.atTime
  return `${what} ${formatTime(time)} (${isLater ? `in ${formatDuration(time - snapshot.atTime)}` : 'now'})`
}
