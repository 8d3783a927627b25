import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from './artifacts.ts'
import { type Kind, inOrder } from './campaign.ts'
import type { PlantedContract } from './planted-contracts.ts'

/** What compiling a planted contract needs, relative to the repository. */
const COPIED = ['contracts/src', 'test/contracts/model', 'foundry.toml', 'tools']

export type HuntOptions = {
  readonly games: number
  readonly from: number
  readonly say: (line: string) => void
  readonly write: (line: string) => void
}

/** Hunts for the bugs planted in the contract and for those planted in the model; the exit code. */
export async function huntPlants(kind: Kind, options: HuntOptions): Promise<number> {
  const survivors = (await huntContractPlants(kind, options)) + (await huntModelPlants(kind, options))
  return survivors === 0 ? 0 : 1
}

/**
 * Plants each bug in a copy of the contract outside the repository and replays games until one finds it: a row each of
 * the number of games that took, the bug, and the difference. How many bugs survived `games` games.
 */
async function huntContractPlants(kind: Kind, { games, from, say, write }: HuntOptions): Promise<number> {
  const root = mkdtempSync(join(tmpdir(), 'assize-planted-'))
  let survivors = 0
  write('planted in the contract:')
  try {
    for (const path of COPIED) cpSync(join(ROOT, path), join(root, path), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'))
    for (const planted of kind.plantedContracts) {
      say(`compiling: ${planted.bug}`)
      const found = await hunt(kind, root, planted, { games, from })
      if (found === undefined) survivors += 1
      write(rowOf(planted.bug, games, found))
    }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
  write(`${kind.plantedContracts.length - survivors} of ${kind.plantedContracts.length} bugs found`)
  return survivors
}

/** Runs cases of the contract as it is, and judges each by every model with a bug in it, until it differs. */
async function huntModelPlants(kind: Kind, { games, from, say, write }: HuntOptions): Promise<number> {
  const found = new Map<string, Found>()
  say('replaying for the bugs planted in the model')
  const campaign = await kind.open()
  const { plantedRules } = campaign
  try {
    await inOrder(campaign.run, { from, count: games }, (each) => {
      for (const [number, bug] of plantedRules.entries()) {
        const what = found.has(bug) ? undefined : each.foundBy(number)
        if (what !== undefined) found.set(bug, { games: each.seed - from + 1, what })
      }
      return found.size < plantedRules.length
    })
  } finally {
    await campaign.stop()
  }
  write('planted in the model:')
  for (const bug of plantedRules) write(rowOf(bug, games, found.get(bug)))
  write(`${found.size} of ${plantedRules.length} bugs found`)
  return plantedRules.length - found.size
}

type Found = { readonly games: number; readonly what: string }

function rowOf(bug: string, games: number, found: Found | undefined): string {
  const count = found === undefined ? `survived ${games}` : `found by ${found.games}`
  return `${count.padEnd(16)} ${bug}${found === undefined ? '' : ` (${found.what})`}`
}

async function hunt(
  kind: Kind,
  root: string,
  planted: PlantedContract,
  { games, from }: Pick<HuntOptions, 'games' | 'from'>,
): Promise<Found | undefined> {
  const path = join(root, planted.file)
  const proper = readFileSync(path, 'utf8')
  writeFileSync(path, plantIn(proper, planted))
  const campaign = await kind.open(root)
  let found: Found | undefined
  try {
    await inOrder(campaign.run, { from, count: games }, ({ seed, mismatch }) => {
      if (mismatch !== undefined) found = { games: seed - from + 1, what: mismatch.what }
      return mismatch === undefined
    })
  } finally {
    await campaign.stop()
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
    super(`Expected one place to plant "${bug}", got ${places}. Adjust where it is planted.`)
  }
}
