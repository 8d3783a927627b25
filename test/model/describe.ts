import type { Action } from './action.ts'
import type { Game, Step } from './game.ts'
import type { Mismatch } from './judge.ts'

/** A game and where it went wrong, for people: what differs, the fixings that matter, and every step up to there. */
export function describeMismatch(game: Game, mismatch: Mismatch): string {
  const { what, expected, got, step } = mismatch
  const steps = game.steps.slice(0, step + 1)
  const used = new Set(
    steps.flatMap(({ action }) => (action !== undefined && 'fixing' in action ? [action.fixing] : [])),
  )
  return [
    `seed ${game.seed}, step ${step}: ${what}`,
    `  model:    ${expected.replaceAll('\n', '\n            ')}`,
    `  contract: ${got.replaceAll('\n', '\n            ')}`,
    ...[...used].map((index) => `  fixing ${index}: ${fieldsOf(game.fixings[index] ?? {})}`),
    ...steps.map((each, index) => `  ${index}. ${stepText(each)}`),
  ].join('\n')
}

/** The same of any history whose steps are plain values. */
export function describeSteps(
  history: {
    readonly seed: number
    readonly about?: string
    readonly fixings?: readonly object[]
    readonly steps: readonly object[]
  },
  { what, expected, got, step }: Mismatch,
): string {
  const { seed, about, fixings = [], steps } = history
  return [
    `seed ${seed}, step ${step}: ${what}`,
    `  model:    ${expected.replaceAll('\n', '\n            ')}`,
    `  contract: ${got.replaceAll('\n', '\n            ')}`,
    ...(about === undefined ? [] : [`  ${about}`]),
    ...fixings.map((fixing, index) => `  fixing ${index}: ${plain(fixing)}`),
    ...steps.slice(0, step + 1).map((each, index) => `  ${index}. ${plain(each)}`),
  ].join('\n')
}

function plain(value: object): string {
  return JSON.stringify(value, (_, field: unknown) => (typeof field === 'bigint' ? String(field) : field))
}

function stepText({ time, sender, action, interest, skew, ambush, gas }: Step): string {
  const surroundings = [
    interest && `open interest of ${interest.source} is ${interest.becomes.mood} at ${interest.becomes.reading}`,
    skew !== undefined && `transfers arrive with ${skew} more`,
    ambush &&
      (ambush.refuses
        ? 'the sender refuses its tokens'
        : `from its hook: ${ambush.strikes.map(actionText).join(', ')}`),
    gas !== undefined && `with ${gas} gas`,
  ].filter((part) => typeof part === 'string')
  const act = action === undefined ? 'look' : `${sender.slice(0, 8)} ${actionText(action)}`
  return `at ${time}: ${[act, ...surroundings].join('; ')}`
}

function actionText({ name, ...fields }: Action): string {
  return `${name}(${fieldsOf(fields)})`
}

function fieldsOf(fields: object): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ')
}
