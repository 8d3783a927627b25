import { encodeAction } from './abi.ts'
import { type Action, INTEREST_MOODS } from './action.ts'
import { type Arena, encode } from './arena.ts'
import { type Game, Stage, type Step, validFixings } from './game.ts'
import { type View, encodeLook } from './look.ts'
import type { Call } from './rpc.ts'
import { RULES } from './rules.ts'
import { type Performed, type Scene, performScenes } from './scene.ts'

/** Plays a game on the chain. What is called depends on the game alone, never on what any model expects. */
export async function perform(arena: Arena, game: Game): Promise<Performed[]> {
  const stage = new Stage(arena.world, game.fixings, RULES) // only to learn which receipts a step names
  return performScenes(
    arena.url,
    game.steps.map((step) => sceneOf(arena, game, stage, step)),
  )
}

/** Everything there is to see: all kinds of pot at every place an action named, everybody's every receipt. */
export function viewOf({ world }: Arena, game: Game, stage: Stage): View {
  const fixings = validFixings(game.fixings)
  const touched = [...stage.keys].filter(([, { fixing }]) => fixings.includes(fixing))
  const places = touched.map(([, { fixing, key }]) => ({ fixing, round: key.round, value: key.value }))
  const pots = [...new Map(places.map((place) => [`${place.fixing}/${place.round}/${place.value}`, place])).values()]
  const holders = [...world.parties, ...world.actors]
  return { fixings, pots, ids: touched.map(([id]) => id), holders, accounts: [...holders, world.oracle, world.sink] }
}

function sceneOf(arena: Arena, game: Game, stage: Stage, step: Step): Scene {
  stage.play(step)
  const before = settingCalls(arena, game, step)
  const action = step.action === undefined ? [] : [actionCall(arena, game, step, step.action)]
  const data = encodeLook(game.fixings, viewOf(arena, game, stage))
  const look = { from: arena.world.sink, to: arena.world.lens, data }
  const calls = [...before, ...action, ...resettingCalls(arena, step), look]
  return { time: step.time, calls, actionAt: action.length === 0 ? -1 : before.length }
}

function actionCall(arena: Arena, { fixings }: Game, step: Step, action: Action): Call {
  const { world, artifacts } = arena
  const data = encodeAction(artifacts.oracle.abi, fixings, action)
  const gas = step.gas === undefined ? {} : { gas: step.gas }
  if (!world.actors.includes(step.sender)) return { from: step.sender, to: world.oracle, data, ...gas }
  const act = encode(artifacts.actor.abi, 'act', [world.oracle, data])
  return { from: world.sink, to: step.sender, data: act, ...gas }
}

function settingCalls(arena: Arena, { fixings }: Game, { interest, skew, ambush }: Step): Call[] {
  const { world, artifacts } = arena
  const from = world.sink
  const calls: Call[] = []
  if (interest !== undefined) {
    const { mood, reading } = interest.becomes
    const data = encode(artifacts.interest.abi, 'set', [INTEREST_MOODS.indexOf(mood), reading])
    calls.push({ from, to: interest.source, data })
  }
  if (skew !== undefined) calls.push(tokenCall(arena, 'setSkew', [skew]))
  if (ambush !== undefined) {
    const strikes = ambush.strikes.map((strike) => encodeAction(artifacts.oracle.abi, fixings, strike))
    const data = encode(artifacts.actor.abi, 'arm', [world.oracle, strikes, ambush.refuses])
    calls.push({ from, to: ambush.actor, data }, tokenCall(arena, 'setHooked', [ambush.actor, true]))
  }
  return calls
}

function resettingCalls(arena: Arena, { skew, ambush }: Step): Call[] {
  return [
    ...(skew === undefined ? [] : [tokenCall(arena, 'setSkew', [0n])]),
    ...(ambush === undefined ? [] : [tokenCall(arena, 'setHooked', [ambush.actor, false])]),
  ]
}

function tokenCall({ world, artifacts }: Arena, name: string, args: readonly unknown[]): Call {
  return { from: world.sink, to: world.token, data: encode(artifacts.token.abi, name, args) }
}
