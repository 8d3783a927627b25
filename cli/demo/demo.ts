import { formatValue } from '#protocol/decimal.ts'
import { isSeparated } from '#protocol/distance.ts'
import type { Context } from '../context.ts'
import type { Failure } from '../failure.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatIndexValue, formatPercent, formatTime } from '../format.ts'
import { proposeLie } from './attacker.ts'
import { renderSheet } from './balance-sheet.ts'
import { Chronicle } from './chronicle.ts'
import { Cleanup } from './cleanup.ts'
import { settleAccounts } from './closing.ts'
import type { DemoOptions } from './demo-options.ts'
import { awaitUndisputed, fightLie } from './dispute.ts'
import { type Findings, inspect, type Played } from './inspection.ts'
import type { Market } from './market.ts'
import { narrate, type Narrator } from './narrator.ts'
import { openWorld } from './opening.ts'
import { readPriceFile } from './price-file.ts'
import { crashMarket } from './price-path.ts'
import { awaitReport } from './reporting.ts'
import { summarize } from './summary.ts'
import { realTimeMs } from './wait.ts'
import type { World } from './world.ts'

/** What the demo came to: its exit code, its document, and why it failed if the reporters abstained. */
export type DemoResult = {
  readonly exitCode: ExitCode
  readonly document: Readonly<Record<string, unknown>>
  readonly failure: Failure | undefined
}

/** Runs the whole demo and leaves nothing behind, whatever happens. Throws what went wrong on the way. */
export async function runDemo(options: DemoOptions, channel: 'out' | 'err', context: Context): Promise<DemoResult> {
  const { io, env, signal } = context
  const startedMs = realTimeMs()
  const tell = narrate(io, channel)
  const cleanup = new Cleanup()
  try {
    const market = options.prices === undefined ? synthetic(options) : await readPriceFile(options.prices, options)
    const venues = market.venues.length === 1 ? '1 venue' : `${market.venues.length} venues`
    tell.say(
      `Assize: ${market.base}/${market.quote} at ${formatTime(options.maturity)}, ${options.reporters} reporters, ${venues}`,
      'strong',
    )
    const world = await openWorld({ options, market, tell, cleanup, env, signal })
    const findings = await Promise.race([play(world), death(world)])
    const failure = abstention(findings)
    tellSummary(tell, findings, realTimeMs() - startedMs)
    return { exitCode: findings.exitCode, document: summarize(findings, realTimeMs() - startedMs, failure), failure }
  } finally {
    await cleanup.run()
  }
}

function synthetic({ seed, maturity, sampling }: DemoOptions): Market {
  return crashMarket(seed, maturity, sampling)
}

async function death({ embedded }: World): Promise<never> {
  throw await embedded.died
}

/** The story itself, from the maturity on. */
async function play(world: World): Promise<Findings> {
  const { tell, options, conductor, fixing, reporters } = world
  const chronicle = new Chronicle(world)
  const pids = reporters.all.flatMap(({ firstPid }) => firstPid ?? [])
  tell.part('Maturity')
  const lie = options.isHonest ? undefined : await proposeLie(world)
  await conductor.jumpTo(fixing.maturity)
  const reporting = await awaitReport(world, chronicle)
  const played = { world, chronicle, reporting, pids }
  if (reporting.report === undefined) return inspect({ ...played, ruling: undefined, closing: undefined })
  const isTrue = lie !== undefined && !isSeparated(lie, reporting.report.value, fixing.separationPpm)
  if (isTrue) tell.at(await conductor.now(), trueAfterAll(lie, fixing.separationPpm))
  return inspect({ ...played, ...(await resolve(world, chronicle, isTrue ? undefined : lie)) })
}

/** The market moved to where mallory would have it seem: no node has anything to dispute. */
function trueAfterAll(lie: bigint, separationPpm: number): string {
  const separation = formatPercent(BigInt(separationPpm))
  return `mallory's ${formatIndexValue(lie)} is no lie after all: it is within ${separation} of the report, so nobody disputes it`
}

/** From the report on; `lie` is a proposal that is to be disputed. */
async function resolve(
  world: World,
  chronicle: Chronicle,
  lie: bigint | undefined,
): Promise<Pick<Played, 'ruling' | 'closing'>> {
  const ruling = lie === undefined ? undefined : await fightLie(world, chronicle, lie)
  if (lie === undefined) await awaitUndisputed(world, chronicle)
  if (world.options.fault === 'wei') await mintOneWei(world)
  return { ruling, closing: await settleAccounts(world, chronicle, ruling) }
}

async function mintOneWei({ embedded, chain, people }: World): Promise<void> {
  const { address } = people.carol.account
  await embedded.setBalance(address, (await chain.publicClient.getBalance({ address })) + 1n)
}

function tellSummary(tell: Narrator, findings: Findings, durationMs: number): void {
  const { snapshot, values, fundsFaults, sheet, closing, chronicle, exitCode } = findings
  tell.part('Balance sheet')
  tell.block(renderSheet(sheet))
  for (const { holder, amount } of closing?.unclaimed ?? []) {
    tell.say(`unclaimed: ${chronicle.nameOf(holder)} holds a receipt for ${amount} wei`, 'bad')
  }
  tell.part('Summary')
  const shown = (value: bigint | undefined): string => (value === undefined ? 'none' : formatValue(value))
  tell.say(`settlement   ${shown(snapshot.settlement)}`)
  tell.say(`true value   ${shown(values.trueValue)} (from the clean closes)`)
  tell.say(
    `recomputed   ${shown(values.recomputed)} (from what the venues served; must be the report's to the last digit)`,
  )
  tell.say(`funds        ${fundsFaults.length === 0 ? 'conserved to the wei' : 'NOT conserved'}`)
  const isSettled = findings.outcome === 'settled'
  for (const fault of [...(isSettled ? values.faults : []), ...fundsFaults]) tell.say(fault, 'bad')
  const verdict = isSettled
    ? exitCode === EXIT.ok
      ? `The fixing settled on the true value, ${formatIndexValue(snapshot.settlement ?? 0n)}.`
      : 'Something does not add up.'
    : 'The reporters abstained: nothing was reported.'
  tell.say(`${verdict} ${(durationMs / 1000).toFixed(1)} s.`, exitCode === EXIT.ok ? 'good' : 'bad')
}

/** Why the reporters abstained, in their own words, and what to try. */
function abstention({ outcome, exitCode, reporting, world }: Findings): Failure | undefined {
  if (outcome !== 'abstained') return undefined
  const [first] = reporting.abstentions
  const dropped = (first?.dropped ?? []).map(({ sourceId, reason }) => `${sourceId}: ${reason}`)
  const reasons = [first?.reason ?? 'no reason', ...dropped].map((reason) => reason.replace(/\.$/, ''))
  return {
    name: 'Demo.AbstainedError',
    message: `${reporting.abstentions.length} of ${world.reporters.all.length} reporters abstained: ${reasons.join('; ')}.`,
    hint: wayOut(world.market, world.document.sampling),
    exitCode,
  }
}

function wayOut({ venues, quote }: Market, { samples, intervalSeconds }: DemoOptions['sampling']): string {
  if (!venues.some((venue) => venue.quote === quote)) return `Give a file with a column quoted in ${quote}.`
  const window = samples === 1 ? `candle of ${intervalSeconds} s` : `${samples} candles of ${intervalSeconds} s`
  return `Choose a --maturity whose last ${window} the file has in ${quote}, or fit --samples and --interval to the file.`
}
