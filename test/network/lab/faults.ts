import { setTimeout as wait } from 'node:timers/promises'
import type { Random } from '../../model/random.ts'
import type { Lab } from './lab.ts'
import { FAR } from './weather.ts'

/** What happened to a lab. */
export type Damage = { kills: number; partitions: number; storms: number }

/** Between two faults, and how long a node stays dead or a partition lasts, milliseconds at most. */
const PAUSE_MS = 2_500
const LASTS_MS = 6_000
/** Of those that are dead at once: less than a third, so that there can be a quorum. */
const DEAD_SHARE = 0.25

/** Kills nodes and starts them again, cuts the network and heals it, and changes the weather, until `signal` aborts. */
export async function trouble(
  lab: Lab,
  configs: readonly string[],
  random: Random,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<Damage> {
  const damage: Damage = { kills: 0, partitions: 0, storms: 0 }
  const restarting = new Set<Promise<void>>()
  const everybody = configs.map((_, i) => i)
  const pause = (ms: number): Promise<void> => wait(ms, undefined, { signal }).catch(() => undefined)
  while (!signal.aborted) {
    const what = random.weighed([
      [5, 'kill'],
      [3, 'cut'],
      [2, 'weather'],
    ] as const)
    const alive = everybody.filter((i) => lab.isRunning(i))
    if (what === 'kill' && everybody.length - alive.length < Math.floor(DEAD_SHARE * everybody.length)) {
      const victim = random.pick(alive)
      damage.kills += 1
      say(`kills node ${victim}`)
      await lab.kill(victim)
      const dead = pause(random.below(LASTS_MS)).then(() => lab.start(victim, configs[victim] ?? ''))
      restarting.add(dead.finally(() => restarting.delete(dead)))
    } else if (what === 'cut') {
      damage.partitions += 1
      const shuffled = random.shuffle(everybody)
      const size = 1 + random.below(everybody.length - 1)
      say(`cuts ${size} of ${everybody.length} off`)
      await lab.groups([shuffled.slice(0, size), shuffled.slice(size)], random.chance(50))
      await pause(random.below(LASTS_MS))
      await lab.groups([everybody], random.chance(50))
    } else if (what === 'weather') {
      damage.storms += 1
      const [delayMs, resetPerMille] = [random.below(2 * FAR.delayMs), random.chance(30) ? 2 : 0]
      await lab.weather({ ...FAR, delayMs, resetPerMille, lossPerMille: random.below(3 * FAR.lossPerMille) })
    }
    await pause(random.below(PAUSE_MS))
  }
  await Promise.all(restarting)
  await lab.groups([everybody], false)
  await lab.weather(FAR)
  for (const i of everybody) if (!lab.isRunning(i)) await lab.start(i, configs[i] ?? '')
  return damage
}
