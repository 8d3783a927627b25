import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openArena } from './arena.ts'
import { ROOT, buildArtifacts } from './artifacts.ts'
import { type Mismatch, judge } from './judge.ts'
import { PLANTED_CONTRACTS, type PlantedContract } from './planted-contracts.ts'
import { PLANTED_RULES } from './planted-rules.ts'
import { replayAll } from './replay.ts'

/** What compiling a planted contract needs, relative to the repository. */
const COPIED = ['contracts/src', 'test/contracts/model', 'foundry.toml', 'tools']

export type HuntOptions = {
  readonly games: number
  readonly from: number
  readonly say: (line: string) => void
  readonly write: (line: string) => void
}

/** Hunts for the bugs planted in the contract and for those planted in the model; the exit code. */
export async function huntPlants(options: HuntOptions): Promise<number> {
  const survivors = (await huntContractPlants(options)) + (await huntModelPlants(options))
  return survivors === 0 ? 0 : 1
}

/**
 * Plants each bug in a copy of the contract outside the repository and replays games until one finds it: a row each of
 * the number of games that took, the bug, and the difference. How many bugs survived `games` games.
 */
async function huntContractPlants({ games, from, say, write }: HuntOptions): Promise<number> {
  const root = mkdtempSync(join(tmpdir(), 'assize-planted-'))
  let survivors = 0
  write('planted in the contract:')
  try {
    for (const path of COPIED) cpSync(join(ROOT, path), join(root, path), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'))
    for (const planted of PLANTED_CONTRACTS) {
      say(`compiling: ${planted.bug}`)
      const found = await hunt(root, planted, { games, from })
      if (found === undefined) survivors += 1
      write(rowOf(planted.bug, games, found))
    }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
  write(`${PLANTED_CONTRACTS.length - survivors} of ${PLANTED_CONTRACTS.length} bugs found`)
  return survivors
}

/** Replays games of the contract as it is, and judges each by every model with a bug in it, until it differs. */
async function huntModelPlants({ games, from, say, write }: HuntOptions): Promise<number> {
  const found = new Map<string, Found>()
  say('replaying for the bugs planted in the model')
  const arena = await openArena(await buildArtifacts())
  try {
    await replayAll(arena, { from, count: games }, ({ game, performed }) => {
      for (const { bug, rules } of PLANTED_RULES) {
        const mismatch = found.has(bug) ? undefined : judge(arena, game, performed, rules)
        if (mismatch !== undefined) found.set(bug, { games: game.seed - from + 1, mismatch })
      }
      return found.size < PLANTED_RULES.length
    })
  } finally {
    await arena.stop()
  }
  write('planted in the model:')
  for (const { bug } of PLANTED_RULES) write(rowOf(bug, games, found.get(bug)))
  write(`${found.size} of ${PLANTED_RULES.length} bugs found`)
  return PLANTED_RULES.length - found.size
}

type Found = { readonly games: number; readonly mismatch: Mismatch }

function rowOf(bug: string, games: number, found: Found | undefined): string {
  const count = found === undefined ? `survived ${games}` : `found by ${found.games}`
  return `${count.padEnd(16)} ${bug}${found === undefined ? '' : ` (${found.mismatch.what})`}`
}

async function hunt(
  root: string,
  planted: PlantedContract,
  { games, from }: Pick<HuntOptions, 'games' | 'from'>,
): Promise<Found | undefined> {
  const path = join(root, planted.file)
  const proper = readFileSync(path, 'utf8')
  writeFileSync(path, plantIn(proper, planted))
  const arena = await openArena(await buildArtifacts({ root }))
  let found: Found | undefined
  try {
    await replayAll(arena, { from, count: games }, ({ game, mismatch }) => {
      if (mismatch !== undefined) found = { games: game.seed - from + 1, mismatch }
      return mismatch === undefined
    })
  } finally {
    await arena.stop()
    writeFileSync(path, proper)
  }
  return found
}

function plantIn(source: string, { bug, find, replace }: PlantedContract): string {
  const parts = source.split(find)
  if (parts.length !== 2) throw new PlantError(bug, parts.length - 1)
  return parts.join(replace)
}

/** The contract has changed so that a bug no longer finds its place. */
export class PlantError extends Error {
  override readonly name = 'Replay.PlantError'
  constructor(bug: string, places: number) {
    super(`Expected one place to plant "${bug}", got ${places}. Adjust it in test/model/planted-contracts.ts.`)
  }
}
