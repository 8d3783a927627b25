import { describeSteps, type Move } from './describe.ts'
import {
  appealStake,
  contributionNeed,
  endByRuling,
  endByTimeout,
  install,
  isFinalRound,
  locate,
  propose,
  stakedBy,
  valuesWith,
  type Appeal,
  type Market,
} from './market.ts'
import { criticalValues, gridValues, poolValues } from './menu.ts'
import { INVALID, isStraddled, roundedDistance, TRUTH } from './ratio.ts'
import type { Setting } from './settings.ts'
import { count, type Play, type Tally } from './tally.ts'

/** A part of a search that can be done by itself: who observes what, and the proposal. */
export type Task = {
  /** One observation, or two that different honest nodes made. */
  readonly observations: readonly number[]
  readonly proposal: number
  readonly proposer: 'honest' | 'attacker'
}

/**
 * Every task of a setting. Two observations are enough: at most one honest stake precedes an appeal, and further nodes
 * could only act in more places, which leaves the attacker fewer.
 */
export function tasksOf(setting: Setting): readonly Task[] {
  const tasks: Task[] = []
  for (const observations of populationsOf(setting)) {
    const proposals = [...gridValues(setting.grid), ...criticalValues(EMPTY, observations, setting.grid)]
    for (const proposal of new Set(proposals)) tasks.push({ observations, proposal, proposer: 'attacker' })
    const honest = observations.flatMap((own) => poolValues(own, setting.grid).filter((v) => isPooled(setting, v, own)))
    for (const proposal of new Set(honest)) tasks.push({ observations, proposal, proposer: 'honest' })
  }
  return tasks
}

/** Plays every play of a task and counts it in the tally. */
export function search(setting: Setting, task: Task, tally: Tally): void {
  const { observations, proposal, proposer } = task
  const moves: Move[] = [{ who: proposer, what: 'proposes', value: proposal }]
  explore({ setting, tally, observations, moves, acted: [] }, [propose(proposal, proposer)])
}

type Search = {
  readonly setting: Setting
  readonly tally: Tally
  readonly observations: readonly number[]
  /** The moves so far; grows and shrinks with the depth. */
  readonly moves: Move[]
  /** What the nodes observe that contributed or appealed so far; grows and shrinks likewise. */
  readonly acted: number[]
}

/**
 * Markets that look the same and differ only in how much of the honest pot the attacker had filled before: nobody decides
 * by that, so they are played at once.
 */
type Twins = readonly [Market, ...Market[]]

const EMPTY: Market = { round: 0, leader: 0, candidates: [], total: 0 }

/** One market: the honest side may move, the attacker may move before it, or the deadline may pass. */
function explore(at: Search, twins: Twins): void {
  const [market] = twins
  at.tally.states += 1
  const choices = at.observations.map((own) => decideWith(at, market, own, []))
  if (choices.every((value) => value === undefined)) stop(at, twins)
  for (const [i, own] of at.observations.entries()) {
    const value = choices[i]
    if (value !== undefined) moveHonest(at, twins, own, value)
  }
  moveAttacker(at, twins)
}

/** The honest side acts: as it would by itself, and drawn into a pot that the attacker has begun to fill. */
function moveHonest(at: Search, twins: Twins, own: number, value: number): void {
  const [market] = twins
  const { separationPpm } = at.setting.grid
  const chosen = new Set([value])
  if (locate(market, value, separationPpm) === market.candidates.length) {
    for (const pool of poolValues(own, at.setting.grid)) {
      const drawn = decideWith(at, market, own, [{ value: pool, filled: 1 }])
      if (drawn !== undefined) chosen.add(drawn)
    }
  }
  at.acted.push(own)
  for (const one of chosen) playHonest(at, twins, one)
  at.acted.pop()
}

/** The honest side completes the pot of a value: all of it, or what the attacker left open, at least one wei. */
function playHonest(at: Search, twins: Twins, value: number): void {
  const { moves, setting } = at
  const [market] = twins
  const index = locate(market, value, setting.grid.separationPpm)
  const isFirst = market.round === 1
  const need = isFirst ? contributionNeed(market, index) : appealStake(market) + setting.fee
  moves.push({ who: 'honest', what: isFirst ? 'contributes' : 'appeals', value })
  if (isFirst) explore(at, [install(market, index, value, need), install(market, index, value, 1)])
  else for (const honest of [need, 1]) rule(at, twins, { value, honest, attacker: need - honest })
  moves.pop()
}

/** The attacker installs a leader or appeals before the honest side has moved. */
function moveAttacker(at: Search, twins: Twins): void {
  const { setting, observations, moves } = at
  const [market] = twins
  const hasHonestStake = stakedBy(market, 'honest') > 0
  // Two observers only matter where one of them has staked: without, the search with the other alone covers the play.
  if (observations.length > 1 && !hasHonestStake) return
  // Without honest stake an appeal of the attacker's moves only its own money.
  const canAppeal = hasHonestStake && market.round >= 2
  const isFinal = isFinalRound(market)
  if (isFinal && !canAppeal) return
  for (const value of attackerValues(at, market)) {
    const index = locate(market, value, setting.grid.separationPpm)
    if (index < 0) continue
    if (canAppeal) {
      moves.push({ who: 'attacker', what: 'appeals', value })
      rule(at, twins, { value, honest: 0, attacker: appealStake(market) + setting.fee })
      moves.pop()
    }
    if (isFinal) continue
    moves.push({ who: 'attacker', what: 'contributes', value })
    const [first, ...others] = twins
    explore(at, [install(first, index, value, 0), ...others.map((other) => install(other, index, value, 0))])
    moves.pop()
  }
}

function attackerValues(at: Search, market: Market): ReadonlySet<number> {
  const existing = market.candidates.map(({ value }) => value)
  return new Set([...existing, ...gridOf(at.setting), ...criticalValues(market, at.observations, at.setting.grid)])
}

/** The deadline passes, since no honest node acts and the attacker does not either. */
function stop(at: Search, twins: Twins): void {
  const { tally } = at
  const [market] = twins
  const values = market.candidates.map(({ value }) => value)
  const isCaught = (): boolean => isTrapped(at, values)
  const describe = describer(at, { who: 'deadline', what: 'settles', value: values[market.leader] ?? INVALID })
  for (const twin of twins) count(tally, { ending: endByTimeout(twin), isTrapped: isCaught, describe })
  const settled = values[market.leader] ?? INVALID
  const away = settled === INVALID ? Number.MAX_VALUE : roundedDistance(settled, TRUTH)
  if (away <= tally.furthestSettled) return
  tally.furthestSettled = away
  tally.furthestExample = { honest: 0, attacker: 0, steps: describe() }
}

/** The arbitrator rules, at whatever value the setting lets it. */
function rule(at: Search, twins: Twins, appeal: Appeal): void {
  const { setting, tally } = at
  const terms = { separationPpm: setting.grid.separationPpm, bandPpm: setting.bandPpm, fee: setting.fee }
  const isCaught = (): boolean => isTrapped(at, valuesWith(twins[0], appeal.value))
  for (const ruling of setting.rulings) {
    const describe = describer(at, { who: 'arbitrator', what: 'rules', value: ruling })
    for (const twin of twins) {
      count(tally, { ending: endByRuling(twin, appeal, ruling, terms), isTrapped: isCaught, describe })
    }
  }
}

/** Whether an observer that contributed or appealed stands in the straddle trap; one that only looked on excuses nothing. */
function isTrapped({ setting, acted }: Search, values: readonly number[]): boolean {
  return acted.some((own) => isStraddled(own, values, setting.grid.noisePpm))
}

function decideWith(
  { setting, tally }: Search,
  market: Market,
  own: number,
  pots: readonly { readonly value: number; readonly filled: number }[],
): number | undefined {
  tally.decisions += 1
  const { separationPpm, noisePpm } = setting.grid
  return setting.policy({ market, own, pots, separationPpm, noisePpm })
}

/** Every single observer, and every two that differ. */
function populationsOf({ observations }: Setting): readonly (readonly number[])[] {
  const pairs = observations.flatMap((a, i) => observations.slice(i + 1).map((b) => [a, b]))
  return [...observations.map((own) => [own]), ...pairs]
}

const grids = new WeakMap<Setting, readonly number[]>()

function gridOf(setting: Setting): readonly number[] {
  const known = grids.get(setting) ?? gridValues(setting.grid)
  grids.set(setting, known)
  return known
}

/** An honest node proposes its own observation or a report within a quarter of the separation of it. */
function isPooled({ grid }: Setting, value: number, own: number): boolean {
  return Math.abs(value - own) * 4e6 <= grid.separationPpm * Math.min(value, own)
}

function describer({ setting, observations, moves }: Search, end: Move): Play['describe'] {
  return () => describeSteps(observations, [...moves, end], setting.grid.separationPpm)
}
