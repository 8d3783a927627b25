import { BOND } from './market.ts'
import { type Grid } from './menu.ts'
import { challengeOnlyBeyondSeparation, followP1, type Policy } from './policies.ts'
import { highest, lowest, TRUTH } from './ratio.ts'

/** One game to search: the fixing, the noise, the grid and the honest policy. */
export type Setting = {
  readonly name: string
  readonly about: string
  readonly policy: Policy
  /** `noisePpm` is what honest nodes are told. */
  readonly grid: Grid
  readonly bandPpm: number
  /** F, in the game's wei. */
  readonly fee: number
  /** What honest nodes may see. */
  readonly observations: readonly number[]
  /** What the arbitrator may rule. */
  readonly rulings: readonly number[]
}

/** The largest fee that the bounds allow: two fifths of the bond. */
const FEE = (2 * BOND) / 5

type Options = {
  readonly name: string
  readonly about: string
  readonly separationPpm?: number
  readonly noisePpm: number
  readonly bandPpm?: number
  readonly policy?: Policy
  /** How far an observation may be from the truth, and a ruling. */
  readonly observedPpm?: number
  readonly ruledPpm?: number
}

/** How fine a search is. */
export type Fineness = {
  /** Grid steps in a separation. */
  readonly steps: number
  /** How far the grid reaches, in separations. */
  readonly reach: number
  /** Different observations on a side of the truth, the last at the whole noise. */
  readonly observers: number
  /** Whether observations and rulings are above the truth only, or on both sides of it. */
  readonly sides: 1 | 2
}

/** Runs in the tests. */
export const SMALL: Fineness = { steps: 2, reach: 1, observers: 1, sides: 1 }

/** Runs by command. */
export const LARGE: Fineness = { steps: 10, reach: 2, observers: 2, sides: 2 }

/** The games that are searched; `docs/economics.md` says what each shows. */
export function settingsOf(fineness: Fineness): readonly Setting[] {
  return [
    {
      name: 'p1',
      about: 'P1, separation five times the noise',
      noisePpm: 200,
    },
    {
      name: 'p1-least-separation',
      about: 'P1, the least separation it acts on: just above four times the noise',
      noisePpm: 249,
    },
    {
      name: 'p1-wide',
      about: 'P1, a separation of 15 %, the widest band, the most noise it acts with',
      noisePpm: 33_619,
      separationPpm: 150_000,
      bandPpm: 200_000,
    },
    {
      name: 'p1-narrow-band',
      about: 'P1 where the band is no wider than the separation',
      noisePpm: 200,
      bandPpm: 1_000,
    },
    {
      name: 'p1-noisy-ruling',
      about: 'P1 told the noise of observations alone, while the ruling is as noisy',
      noisePpm: 200,
      ruledPpm: 200,
    },
    {
      name: 'p1-noisy-ruling-told',
      about: 'P1 told the noise between an observation and the ruling',
      noisePpm: 200,
      observedPpm: 100,
      ruledPpm: 100,
    },
    {
      name: 'naive',
      about: 'Challenge only beyond the separation',
      noisePpm: 200,
      policy: challengeOnlyBeyondSeparation,
    },
  ].map((options) => settingOf(options, fineness))
}

/** The setting of a name. Throws {@link UnknownSettingError}. */
export function settingNamed(name: string, fineness: Fineness): Setting {
  const settings = settingsOf(fineness)
  const setting = settings.find((one) => one.name === name)
  if (setting !== undefined) return setting
  throw new UnknownSettingError(
    name,
    settings.map((one) => one.name),
  )
}

function settingOf(options: Options, { steps, reach, observers, sides }: Fineness): Setting {
  const { noisePpm, separationPpm = 1_000, bandPpm = 10_000, policy = followP1 } = options
  const { observedPpm = noisePpm, ruledPpm = 0 } = options
  return {
    name: options.name,
    about: options.about,
    policy,
    grid: { separationPpm, noisePpm, steps, reach: Math.round(steps * reach) },
    bandPpm,
    fee: FEE,
    observations: around(observedPpm, observers, sides),
    rulings: around(ruledPpm, observers, 2),
  }
}

/** The truth, and `count` values above it (and below it) up to exactly `ppm` away. */
function around(ppm: number, count: number, sides: 1 | 2): readonly number[] {
  const values = [TRUTH]
  for (let k = 1; k <= count; k += 1) {
    values.push(highest(TRUTH, (k * ppm) / count))
    if (sides === 2) values.push(lowest(TRUTH, (k * ppm) / count))
  }
  return [...new Set(values)]
}

/** No setting has that name. */
export class UnknownSettingError extends Error {
  override readonly name = 'Attack.UnknownSettingError'
  readonly got: string

  constructor(got: string, known: readonly string[]) {
    super(`Expected one of ${known.join(', ')}, got ${got}. Run without a name to search them all.`)
    this.got = got
  }
}
