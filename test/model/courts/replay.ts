import { encodeAction } from '../abi.ts'
import { OWNER_MOODS, type OwnerMood } from '../accounts.ts'
import { encode } from '../arena.ts'
import { type CallReader, compareCall } from '../call.ts'
import type { Mismatch } from '../judge.ts'
import { answersIn, compareLooks, lookData } from '../lens.ts'
import type { Call } from '../rpc.ts'
import { type Performed, performScenes } from '../scene.ts'
import type { CourtArena } from './arena.ts'
import { arbitratorAbi, courtCall } from './calldata.ts'
import { looksAt, newLooksAt } from './look.ts'
import { COURT_RULES, type CourtRules } from './rules.ts'
import { CourtStage } from './stage.ts'
import { type CourtStep, type History, isCourtAction } from './terms.ts'

/** Plays a history on the chain. What is called depends on the history alone, never on what any model expects. */
export function perform(arena: CourtArena, history: History): Promise<Performed[]> {
  const { world, artifacts } = arena
  const stage = new CourtStage(world, history, COURT_RULES) // only to learn what there is to look at
  const looks = looksAt(arena, stage)
  const scenes = history.steps.map((step) => {
    stage.play(step)
    const data = lookData(artifacts.viewer.abi, [...looks, ...newLooksAt(arena, stage)])
    const { mood = 'approves', time } = step
    const isMoody = mood !== 'approves'
    const calls = [
      ...(isMoody ? [moodCall(arena, mood)] : []),
      actionCall(arena, history, stage, step),
      ...(isMoody ? [moodCall(arena, 'approves')] : []),
      { from: world.sink, to: world.viewer, data },
    ]
    return { time, calls, actionAt: isMoody ? 1 : 0 }
  })
  return performScenes(arena.url, scenes)
}

/**
 * Compares what the chain did with a model that follows `rules`: after every step the result or the error with its arguments, every
 * event of arbitrator and oracle, every view, and what everybody has.
 */
export function judge(
  arena: CourtArena,
  history: History,
  performed: readonly Performed[],
  rules: CourtRules = COURT_RULES,
): Mismatch | undefined {
  const stage = new CourtStage(arena.world, history, rules)
  const reader = readerOf(arena, stage)
  const looks = looksAt(arena, stage)
  for (const [index, step] of history.steps.entries()) {
    const got = performed[index]
    const result = stage.play(step)
    if (got?.action === undefined) continue
    const difference =
      compareCall(reader, result, got.action) ??
      (got.broken === undefined ? undefined : { what: 'setting or looking', expected: 'success', got: got.broken }) ??
      compareLooks([...looks, ...newLooksAt(arena, stage)], stage, answersIn(got.look))
    if (difference !== undefined) return { step: index, ...difference }
  }
  return undefined
}

function readerOf({ dictionary, artifacts, world }: CourtArena, { arbitrator: { terms } }: CourtStage): CallReader {
  const emitters = new Set([world.oracle, terms.address])
  return { dictionary, emitters, abi: [...arbitratorAbi({ artifacts, terms }), ...artifacts.oracle.abi] }
}

function actionCall({ world, artifacts }: CourtArena, history: History, stage: CourtStage, step: CourtStep): Call {
  const { sender, action, wei = 0n } = step
  const { terms } = stage.arbitrator
  const { to, data } = isCourtAction(action)
    ? courtCall({ artifacts, world, history, terms, ids: stage.oracle.ids }, sender, action)
    : { to: world.oracle, data: encodeAction(artifacts.oracle.abi, history.fixings, action) }
  const isContract = sender === world.contractMember || world.actors.includes(sender)
  if (!isContract) return { from: sender, to, data, value: wei }
  return { from: world.sink, to: sender, data: encode(artifacts.actor.abi, 'act', [to, data]), value: wei }
}

function moodCall({ world, artifacts }: CourtArena, mood: OwnerMood): Call {
  const data = encode(artifacts.owner.abi, 'setMood', [OWNER_MOODS.indexOf(mood)])
  return { from: world.sink, to: world.contractMember, data }
}
