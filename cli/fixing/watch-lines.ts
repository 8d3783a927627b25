import { formatValue } from '#protocol/decimal.ts'
import { type Chance, type Joinable, joinablesOf } from './chances.ts'
import type { Connection } from '../chain/connection.ts'
import { viewDocument } from './fixing-view.ts'
import { formatAmount, formatDuration, formatIndexValue, formatPpm, formatTime, shorten } from '../format.ts'
import type { Io } from '../io.ts'
import { fittedRows } from '../table.ts'
import { nextEvent } from './next-event.ts'
import { securityDocument } from './security-view.ts'
import { gapText } from './verdict.ts'
import type { Look, Watched } from './watching.ts'

/** How many pots are shown of all fixings together. */
const SHOWN = 8

const HEAD = ['fixing', 'phase', 'stands', 'own', 'difference', 'next', 'secured']

/** A look for people, as of `time`, Unix seconds: fixings, their candidates, and the pots worth joining. */
export function lookLines({ block, fixings: all }: Look, time: bigint, connection: Connection, io: Io): string[] {
  const head = `block ${block}, ${formatTime(time)}`
  // What is wrong comes first: a low screen has no room for all.
  const fixings = [...all.filter(isWrong), ...all.filter((watched) => !isWrong(watched))]
  if (fixings.length === 0) return [head, 'No fixing is open here.']
  const names = io.isTerminal ? shorten : (id: string): string => id
  const rows = fixings.map((watched) => fixingCells(watched, time, connection, names))
  const table = fittedRows({ head: HEAD, rows }, io)
  return [
    head,
    '',
    ...table.head,
    ...table.rows.flatMap((lines, i) => (isWrong(fixings[i]) ? lines.map((line) => io.paint('bad', line)) : lines)),
    ...fixings.flatMap((watched) => candidateLines(watched, connection, { io, names })),
    ...chanceLines(fixings, connection, io),
  ]
}

function isWrong(watched: Watched | undefined): boolean {
  return watched?.verdict?.kind === 'differs'
}

function fixingCells(
  { view, security, own, verdict, trust }: Watched,
  time: bigint,
  { token }: Connection,
  name: (id: string) => string,
): string[] {
  const { id, phase, facts, settlement, leaderIndex } = view.snapshot
  const standing = settlement ?? (leaderIndex === undefined ? undefined : facts.leader)
  const isTold = verdict !== undefined && verdict.kind !== 'nothing' && own !== undefined
  return [
    name(id),
    phase === 'active' ? `${phase} ${facts.round}` : phase,
    standing === undefined ? '-' : formatIndexValue(standing),
    own === undefined ? '-' : formatIndexValue(own.value),
    isTold
      ? `${verdict.kind === 'differs' ? 'WRONG: ' : ''}${gapText(verdict.standing, own.value)}`
      : trust === 'no'
        ? 'not trusted'
        : '-',
    countdown(view.snapshot, time),
    security.securedUpTo === undefined ? '-' : formatAmount(security.securedUpTo, token),
  ]
}

/** What comes next, and how long it is until then. */
function countdown(snapshot: Watched['view']['snapshot'], time: bigint): string {
  const next = nextEvent(snapshot)
  if (next === undefined) return `settled by ${snapshot.outcome}`
  return next.time > time ? `${next.what} in ${formatDuration(next.time - time)}` : `${next.what} now`
}

function candidateLines(
  { view }: Watched,
  { token }: Connection,
  { io, names }: { readonly io: Io; readonly names: (id: string) => string },
): string[] {
  const { snapshot, odds, returnsPpm } = view
  if (odds.length === 0 || snapshot.phase === 'settled') return []
  const joinables = joinablesOf(view)
  const rows = odds.map(({ value, probabilityPpm }) => {
    const index = snapshot.candidates.findIndex((candidate) => candidate.value === value)
    const stake = snapshot.candidates[index]?.stake ?? 0n
    const role = index === snapshot.leaderIndex ? 'leads' : index < 0 ? 'no candidate yet' : ''
    return [
      `  ${formatIndexValue(value)}`,
      `${formatAmount(stake, token)} at stake`,
      `odds ${formatPpm(Number(probabilityPpm))}`,
      earnsText(returnsPpm[index]),
      joiningText(joinables.filter((one) => one.value === value)),
      role,
    ]
  })
  return ['', `Candidates of ${names(snapshot.id)}`, ...fittedRows({ rows }, io).rows.flat()]
}

/** What those earn whose stake is in the candidate already. */
function earnsText(returnPpm: bigint | undefined): string {
  return returnPpm === undefined ? '' : `returns ${formatPpm(Number(returnPpm))} to its holders if right`
}

/** What joining its pots now earns. */
function joiningText(joinables: readonly Joinable[]): string {
  const verbs = { contribute: 'contributing', appeal: 'appealing' }
  return joinables.map(({ kind, returnPpm }) => `${verbs[kind]} returns ${formatPpm(Number(returnPpm))}`).join(', ')
}

/** The pots of all fixings, best first, with the fixing that each is of. */
function ranked(fixings: readonly Watched[]): { readonly watched: Watched; readonly chance: Chance }[] {
  return fixings
    .flatMap((watched) => watched.chances.map((chance) => ({ watched, chance })))
    .toSorted(
      (a, b) =>
        Number(b.chance.expectedGain > a.chance.expectedGain) - Number(b.chance.expectedGain < a.chance.expectedGain),
    )
}

function chanceLines(fixings: readonly Watched[], { token, paste }: Connection, io: Io): string[] {
  if (fixings.some(({ trust }) => trust === 'unknown')) {
    return ['', 'Pots are ranked where you trust who rules: name them in --arbitrators, or ASSIZE_POLICY_ARBITRATORS.']
  }
  const worth = ranked(fixings).filter(({ chance }) => chance.probabilityPpm > 0n)
  if (worth.length === 0) return []
  const rows = worth
    .slice(0, SHOWN)
    .map(({ watched, chance }) => [
      `  ${chance.expectedGain > 0n ? '+' : ''}${formatAmount(chance.expectedGain, token)}`,
      `${formatAmount(chance.missing, token)} missing`,
      `returns ${formatPpm(Number(chance.returnPpm))} if right`,
      watched.own === undefined ? `by the odds, ${formatPpm(Number(chance.probabilityPpm))}` : 'by the own value',
      commandOf(watched, chance, paste),
    ])
  const more = worth.length > SHOWN ? [`  … and ${worth.length - SHOWN} more`] : []
  const pots = fittedRows({ rows }, io).rows.flat()
  return ['', 'Pots, best first by what filling one is expected to bring after gas', ...pots, ...more]
}

function commandOf({ view }: Watched, { kind, value }: Chance, paste: Connection['paste']): string {
  return paste(kind, view.snapshot.id, formatIndexValue(value, 18), 'rest')
}

/** A look for scripts: values in index units, base units, Unix seconds. */
export function lookDocument({ block, time, gasCost, fixings }: Look, connection: Connection): Record<string, unknown> {
  const { chain, oracle, token, paste } = connection
  return {
    version: 1,
    chainId: chain.chainId,
    oracle,
    token: { address: token.address, symbol: token.symbol, decimals: token.decimals },
    block: Number(block),
    time: Number(time),
    gas: gasCost.toString(),
    fixings: fixings.map(({ view, own, verdict, trust, security }) => ({
      ...viewDocument(view),
      own: own === undefined ? null : formatValue(own.value),
      trust,
      verdict: verdict?.kind ?? null,
      ...securityDocument(security),
    })),
    chances: ranked(fixings).map(({ watched, chance }) => ({
      fixing: watched.view.snapshot.id,
      kind: chance.kind,
      value: formatValue(chance.value),
      missing: chance.missing.toString(),
      ifRight: chance.ifRight.toString(),
      returnPpm: Number(chance.returnPpm),
      by: watched.own === undefined ? 'odds' : 'own value',
      probabilityPpm: Number(chance.probabilityPpm),
      expectedGain: chance.expectedGain.toString(),
      command: commandOf(watched, chance, paste),
    })),
  }
}
