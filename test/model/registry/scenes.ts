import type { Hex } from 'viem'
import { encodeAction, wordsOf } from '../abi.ts'
import { OWNER_MOODS } from '../accounts.ts'
import { encode } from '../arena.ts'
import { type Call, type CallResult, simulate } from '../rpc.ts'
import { blocksOf, performScenes } from '../scene.ts'
import { type RegistryStep, isRegistryAction } from './action.ts'
import type { RegistryArena } from './arena.ts'
import { encodeRegistryAction } from './calldata.ts'
import { type History, RegistryStage } from './history.ts'
import { lookCall, sightsOf } from './look.ts'
import { REGISTRY_RULES } from './rules.ts'

/** What the chain did in one step: the call, the answers to every look after it, and any call that failed otherwise. */
export type Performed = {
  readonly action: CallResult | undefined
  readonly answers: readonly Hex[]
  readonly broken: Hex | undefined
}

/** Plays a history on the chain. What is called depends on the history alone, never on what any model expects. */
export async function perform(arena: RegistryArena, history: History): Promise<Performed[]> {
  const stage = new RegistryStage(arena.world, history, REGISTRY_RULES) // only to learn what there is to look at
  const scenes = history.steps.map((step) => {
    stage.play(step)
    const before = settingCalls(arena, step)
    const action = actionCalls(arena, history, step)
    const calls = [...before, ...action, ...resettingCalls(arena, step), lookCall(arena, stage, sightsOf(arena, stage))]
    return { time: step.time, calls, actionAt: action.length === 0 ? -1 : before.length }
  })
  const performed = await performScenes(arena.url, scenes)
  return performed.map(({ action, look, broken }) => ({ action, answers: answersIn(look), broken }))
}

/** What the chain did in each step, without a look: for histories too long to look at. */
export async function act(arena: RegistryArena, history: History): Promise<CallResult[]> {
  const scenes = history.steps.map((step) => ({ time: step.time, calls: actionCalls(arena, history, step) }))
  return (await simulate(arena.url, blocksOf(scenes))).flat()
}

function actionCalls({ world, artifacts }: RegistryArena, history: History, { sender, action }: RegistryStep): Call[] {
  if (action === undefined) return []
  const { fixings, registry } = history
  const { accounts, contractOwner } = world
  const isOfRegistry = isRegistryAction(action)
  const to = isOfRegistry ? (world.registries[registry]?.address ?? world.sink) : world.oracle
  const data = isOfRegistry
    ? encodeRegistryAction({ abi: artifacts.registry.abi, fixings, accounts, contractOwner }, action)
    : encodeAction(artifacts.oracle.abi, fixings, action)
  const isContract = sender === contractOwner || world.actors.includes(sender)
  if (!isContract) return [{ from: sender, to, data }]
  return [{ from: world.sink, to: sender, data: encode(artifacts.actor.abi, 'act', [to, data]) }]
}

function settingCalls(arena: RegistryArena, { skew = 0n, mood = 'approves' }: RegistryStep): Call[] {
  return [...(skew === 0n ? [] : [skewCall(arena, skew)]), ...(mood === 'approves' ? [] : [moodCall(arena, mood)])]
}

function resettingCalls(arena: RegistryArena, { skew = 0n, mood = 'approves' }: RegistryStep): Call[] {
  return [...(skew === 0n ? [] : [skewCall(arena, 0n)]), ...(mood === 'approves' ? [] : [moodCall(arena, 'approves')])]
}

function skewCall({ world, artifacts }: RegistryArena, skew: bigint): Call {
  return { from: world.sink, to: world.token, data: encode(artifacts.token.abi, 'setSkew', [skew]) }
}

function moodCall({ world, artifacts }: RegistryArena, mood: (typeof OWNER_MOODS)[number]): Call {
  const data = encode(artifacts.owner.abi, 'setMood', [OWNER_MOODS.indexOf(mood)])
  return { from: world.sink, to: world.contractOwner, data }
}

/** The elements of an ABI-encoded `bytes[]` that is all there is. */
function answersIn(data: Hex): Hex[] {
  const [, length = 0n] = wordsOf(data.slice(0, 2 + 2 * 64) as Hex)
  const digits = data.slice(2 + 2 * 64)
  const numberAt = (byte: number): number => Number(`0x${digits.slice(2 * byte, 2 * byte + 64)}`)
  return Array.from({ length: Number(length) }, (_, at): Hex => {
    const start = numberAt(32 * at)
    const size = numberAt(start)
    return `0x${digits.slice(2 * (start + 32), 2 * (start + 32 + size))}`
  })
}
