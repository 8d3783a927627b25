import Table from 'cli-table3'
import { type Command, Option } from 'commander'
import { createdIn, potsOf } from '#client/fixing-log.ts'
import { readFixing } from '#client/oracle-reader.ts'
import { type Phase, PHASES } from '#protocol/phase.ts'
import { openOracle } from '../connection.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { type FixingView, viewDocument, viewOf } from '../fixing-view.ts'
import { formatDuration, formatIndexValue, formatPpm, formatTime } from '../format.ts'
import { addNetworkOptions, type NetworkFlags } from '../options.ts'

const EXAMPLES = `
Examples:
  assize fixing list
  assize fixing list --phase active
  assize fixing list --from-block 19000000 --json`

type Flags = NetworkFlags & { readonly phase?: Phase }

/** How many fixings are read from the endpoint at once. */
const AT_ONCE = 8

/** Adds `assize fixing list`: one line for each fixing that was created. */
export function defineFixingList(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = group.command('list').description('Every fixing that was created: phase, leader, odds, deadline.')
  command.addOption(new Option('--phase <phase>', 'only those in this phase').choices(PHASES))
  addNetworkOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (flags: Flags) => done(await listFixings(flags, context)))
}

async function listFixings(flags: Flags, context: Context): Promise<ExitCode> {
  const { io } = context
  const { chain, oracle, readLog } = await openOracle(flags, context)
  const events = await readLog()
  const created = createdIn(events)
  const views: FixingView[] = []
  for (let at = 0; at < created.length; at += AT_ONCE) {
    const some = created.slice(at, at + AT_ONCE).map(async ({ fixing, id }) => {
      const snapshot = await readFixing(chain, oracle, fixing)
      return viewOf(snapshot, potsOf(events, id, snapshot.facts.round))
    })
    views.push(...(await Promise.all(some)))
  }
  const shown = views.filter(({ snapshot }) => flags.phase === undefined || snapshot.phase === flags.phase)
  if (flags.json === true) {
    const fixings = shown.map(viewDocument)
    io.out(JSON.stringify({ version: 1, chainId: chain.chainId, oracle, fixings }, undefined, 2))
  } else if (shown.length === 0)
    io.out(views.length === 0 ? 'No fixing was created here.' : `No fixing is ${flags.phase}.`)
  else io.out(io.isTerminal ? tableOf(shown) : shown.map((view) => cellsOf(view).join('  ')).join('\n'))
  return EXIT.ok
}

function tableOf(views: readonly FixingView[]): string {
  const table = new Table({
    head: ['fixing', 'phase', 'leader', 'odds', 'next'],
    colAligns: ['left', 'left', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  })
  for (const view of views) table.push(cellsOf(view))
  return table.toString()
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
function nextOf({ phase, fixing, facts, atTime, outcome }: FixingView['snapshot']): string {
  const at = (what: string, time: bigint): string =>
    `${what} ${formatTime(time)} (${time > atTime ? `in ${formatDuration(time - atTime)}` : 'now'})`
  switch (phase) {
    case 'pending':
      return at('opens', fixing.maturity)
    case 'open':
      return at('arbitration can be requested', fixing.maturity + BigInt(fixing.proposalGrace))
    case 'active':
      return at('settles', facts.deadline)
    case 'arbitration':
      return at('expires', facts.arbitratedAt + 2n * BigInt(fixing.arbitrationLimit))
    case 'settled':
      return `settled by ${outcome}`
  }
}
