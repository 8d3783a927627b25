import type { Hex } from 'viem'
import { type Block, type Call, type CallResult, simulate } from './rpc.ts'

/** The calls of one step, the last a look; `actionAt` is where what the step asks is among them, -1 if it only looks. */
export type Scene = { readonly time: bigint; readonly calls: readonly Call[]; readonly actionAt: number }

/** What the chain did in one step: its call, what the look after it returned, and any other call that failed. */
export type Performed = {
  readonly action: CallResult | undefined
  readonly look: Hex
  /** What a call that only sets the scene, or the look, reverted with. */
  readonly broken: Hex | undefined
}

/** Plays the steps of one case on the chain, one after another, and forgets them. */
export async function performScenes(url: string, scenes: readonly Scene[]): Promise<Performed[]> {
  const results = (await simulate(url, blocksOf(scenes))).flat()
  let from = 0
  return scenes.map(({ calls, actionAt }) => {
    const own = results.slice(from, from + calls.length)
    from += calls.length
    const broken = own.find(({ success }, index) => !success && index !== actionAt)
    return { action: own[actionAt], look: own.at(-1)?.data ?? '0x', broken: broken?.data }
  })
}

/** Steps at the same time share a block. */
export function blocksOf(scenes: readonly Pick<Scene, 'time' | 'calls'>[]): Block[] {
  const blocks: { time: bigint; calls: Call[] }[] = []
  for (const { time, calls } of scenes) {
    const last = blocks.at(-1)
    if (last?.time === time) last.calls.push(...calls)
    else blocks.push({ time, calls: [...calls] })
  }
  return blocks
}
