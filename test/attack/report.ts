import { BOND } from './market.ts'
import type { Progress } from './progress.ts'
import type { Setting } from './settings.ts'
import { lossRatio, type Example } from './tally.ts'

/** What a finished search found, as lines for people; amounts in bonds (d). */
export function reportLines(setting: Setting, tasks: number, { key, seconds, tally }: Progress): readonly string[] {
  const { grid, bandPpm, observations, rulings } = setting
  const count = (n: number): string => n.toLocaleString('en').replaceAll(',', ' ')
  return [
    `${setting.name}: ${setting.about}`,
    `  ${key}`,
    `  separation ${grid.separationPpm} ppm, noise told ${grid.noisePpm} ppm, band ${bandPpm} ppm, F ${inBonds(setting.fee)}`,
    `  ${2 * grid.reach + 4} grid values beside the critical ones, ${observations.length} observations, ${rulings.length} rulings`,
    `  ${count(tasks)} openings, ${count(tally.states)} states, ${count(tally.decisions)} decisions, ${count(tally.plays)} plays, ${seconds.toFixed(0)} s`,
    `  losses outside the straddle trap: ${count(tally.lossesOutsideTrap)}${worst(tally.worstOutsideTrap)}`,
    `  losses in the trap: ${count(tally.lossesInTrap)}, above the attacker's: ${count(tally.lossesAboveAttackers)}${worst(tally.worstInTrap)}`,
    `  most lost in the trap for each d that the attacker loses: ${lossRatio(tally.cheapestInTrap).toFixed(3)}${worst(tally.cheapestInTrap)}`,
    `  best attack: ${tally.bestAttack === undefined ? 'none gains anything' : `gains ${inBonds(tally.bestAttack.attacker)}${worst(tally.bestAttack)}`}`,
    `  furthest undisputed leader: ${tally.furthestSettled.toFixed(1)} ppm from the truth${worst(tally.furthestExample)}`,
  ]
}

function worst(example: Example | undefined): string {
  if (example === undefined) return ''
  const { honest, attacker, steps } = example
  return `\n    honest ${inBonds(honest)}, attacker ${inBonds(attacker)}: ${steps.join('; ')}`
}

function inBonds(wei: number): string {
  const bonds = Math.round((wei / BOND) * 1e4) / 1e4
  return `${bonds} d`
}
