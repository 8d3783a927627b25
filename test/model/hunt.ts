import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openArena } from './arena.ts'
import { ROOT, buildArtifacts } from './artifacts.ts'
import type { Mismatch } from './judge.ts'
import { PLANTED_CONTRACTS, type PlantedContract } from './planted-contracts.ts'
import { replayAll } from './replay.ts'

/** What compiling a planted contract needs, relative to the repository. */
const COPIED = ['contracts/src', 'test/contracts/model', 'foundry.toml', 'tools']

export type HuntOptions = {
  readonly games: number
  readonly from: number
  readonly say: (line: string) => void
  readonly write: (line: string) => void
}

/**
 * Plants each bug in a copy of the contract outside the repository and replays games until one finds it: a row each of
 * the number of games that took, the difference, and the bug. The exit code: 1 if a bug survived `games` games.
 */
export async function huntContractPlants({ games, from, say, write }: HuntOptions): Promise<number> {
  const root = mkdtempSync(join(tmpdir(), 'assize-planted-'))
  let survivors = 0
  try {
    for (const path of COPIED) cpSync(join(ROOT, path), join(root, path), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'))
    for (const planted of PLANTED_CONTRACTS) {
      say(`compiling: ${planted.bug}`)
      const found = await hunt(root, planted, { games, from })
      if (found === undefined) survivors += 1
      const count = found === undefined ? `survived ${games}` : `found by ${found.games}`
      write(`${count.padEnd(16)} ${planted.bug}${found === undefined ? '' : ` (${found.mismatch.what})`}`)
    }
    write(`${PLANTED_CONTRACTS.length - survivors} of ${PLANTED_CONTRACTS.length} bugs found`)
    return survivors === 0 ? 0 : 1
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

type Found = { readonly games: number; readonly mismatch: Mismatch }

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
