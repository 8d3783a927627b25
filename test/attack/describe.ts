import { INVALID, roundedDistance, TRUTH } from './ratio.ts'

/** One step of a play. */
export type Move = {
  readonly who: 'honest' | 'attacker' | 'arbitrator' | 'deadline'
  readonly what: 'proposes' | 'contributes' | 'appeals' | 'rules' | 'settles'
  readonly value: number
}

/** A play as text: what honest nodes see, then each step, values as distances from the truth in separations (s). */
export function describeSteps(
  observations: readonly number[],
  moves: readonly Move[],
  separationPpm: number,
): readonly string[] {
  const seen = observations.map((own) => showValue(own, separationPpm)).join(' and ')
  return [
    `observed ${seen}`,
    ...moves.map(({ who, what, value }) => `${who} ${what} ${showValue(value, separationPpm)}`),
  ]
}

function showValue(value: number, separationPpm: number): string {
  if (value === INVALID) return 'INVALID'
  if (value === TRUTH) return 'truth'
  const away = (roundedDistance(value, TRUTH) / separationPpm).toFixed(4)
  return `truth ${value < TRUTH ? '-' : '+'} ${away} s`
}
