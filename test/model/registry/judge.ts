import { type CallReader, compareCall } from '../call.ts'
import type { Difference, Mismatch } from '../judge.ts'
import type { Result } from '../result.ts'
import type { RegistryArena } from './arena.ts'
import { type History, RegistryStage } from './history.ts'
import { sightsOf } from './look.ts'
import { RegistryAudit } from './properties.ts'
import { REGISTRY_RULES, type RegistryRules } from './rules.ts'
import type { Performed } from './scenes.ts'

/**
 * Compares what the chain did with a model that follows `rules`: after every step the result or the error with its
 * arguments, every event, every view, the code of every roster, every balance; and the invariants along the way.
 */
export function judge(
  arena: RegistryArena,
  history: History,
  performed: readonly Performed[],
  rules: RegistryRules = REGISTRY_RULES,
): Mismatch | undefined {
  const stage = new RegistryStage(arena.world, history, rules)
  const audit = new RegistryAudit(stage)
  for (const [index, step] of history.steps.entries()) {
    const got = performed[index]
    const result = stage.play(step)
    const difference = (got && compare(arena, stage, result, got)) ?? asDifference(audit.after(step, result))
    if (difference !== undefined) return { step: index, ...difference }
  }
  const left = asDifference(audit.atEnd())
  return left && { step: history.steps.length - 1, ...left }
}

function asDifference(broken: string | undefined): Difference | undefined {
  return broken === undefined ? undefined : { what: 'invariant', expected: 'every invariant', got: broken }
}

function compare(
  arena: RegistryArena,
  stage: RegistryStage,
  result: Result | undefined,
  got: Performed,
): Difference | undefined {
  const difference = result && got.action && compareCall(readerOf(arena), result, got.action)
  if (difference !== undefined) return difference
  if (got.broken !== undefined) return { what: 'setting or looking', expected: 'success', got: got.broken }
  const sights = sightsOf(arena, stage)
  const at = sights.findIndex(({ answer }, index) => answer !== got.answers[index])
  const sight = sights[at]
  if (sight !== undefined) return { what: sight.label, expected: sight.answer, got: got.answers[at] ?? 'nothing' }
  if (sights.length === got.answers.length) return undefined
  return { what: 'look', expected: `${sights.length} answers`, got: `${got.answers.length} answers` }
}

function readerOf({ dictionary, world, artifacts }: RegistryArena): CallReader {
  const emitters = new Set([world.oracle, ...world.registries.map(({ address }) => address)])
  return { dictionary, emitters, abi: [...artifacts.registry.abi, ...artifacts.oracle.abi] }
}
