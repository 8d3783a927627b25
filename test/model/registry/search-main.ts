import { parseArgs } from 'node:util'
import { keccak256 } from 'viem'
import { buildRegistryArtifacts } from '../artifacts.ts'
import { type RegistryArena, openRegistryArena } from './arena.ts'
import { PROTECTIONS } from './protections.ts'
import { REGISTRY_RULES, type RegistryRules } from './rules.ts'
import { type Searched, nothingSearched, partsOf, searchContract, searchModel } from './slashing-search.ts'

const USAGE = `Searches for a fixing, court, timing or proof that slashes an honest reporter (R-405), on the real contracts.

  npm run search:slashing -- [--model] [--part I/N]

  --model      on the model instead of the contracts, which it was compared with (npm run replay -- --registry)
  --part I/N   every Nth part from the Ith on, 0/1 for all

Then removes each protection from the model, and demands that the search finds what it protected from.
Ends with 0 only if no honest reporter was slashed and the search found every way that a removed protection opens.
`

const { values } = parseArgs({
  options: {
    model: { type: 'boolean', default: false },
    part: { type: 'string', default: '0/1' },
    help: { type: 'boolean', default: false },
  },
})
process.exitCode = values.help ? write(USAGE, 0) : await search(values.part, values.model ? 'model' : 'contracts')

async function search(part: string, on: 'model' | 'contracts'): Promise<number> {
  const [first = 0, step = 1] = part.split('/').map(Number)
  const arena = await openRegistryArena(await buildRegistryArtifacts())
  try {
    const searched = nothingSearched()
    const parts = partsOf(arena).filter((_, index) => index % step === first)
    for (const [index, each] of parts.entries()) {
      if (on === 'model') searchModel(arena, each, REGISTRY_RULES, searched)
      else await searchContract(arena, each, searched)
      if (index % 25 === 24) process.stderr.write(`${index + 1} of ${parts.length} parts, ${text(searched)}\n`)
    }
    for (const found of searched.honestSlashed) write(`an honest reporter was slashed: ${found}\n`, 1)
    const bytecodeHash = keccak256(arena.artifacts.registry.bytecode)
    write(`${parts.length} parts on the ${on}: ${text(searched)}\nregistry ${bytecodeHash}\n`, 0)
    const survivors = PROTECTIONS.filter(({ what, without }) => !isFound(arena, what, without)).length
    const isNoiseFound = isFound(arena, 'the noise is safe', REGISTRY_RULES, 1n)
    return searched.honestSlashed.length === 0 && survivors === 0 && isNoiseFound ? 0 : 1
  } finally {
    await arena.stop()
  }
}

/** Whether the search finds a slashed honest reporter once something is removed. */
function isFound(arena: RegistryArena, what: string, rules: RegistryRules, noiseOver = 0n): boolean {
  const searched = nothingSearched()
  const parts = partsOf(arena, noiseOver)
  let tried = 0
  for (const part of parts) {
    searchModel(arena, part, rules, searched)
    tried += 1
    if (searched.honestSlashed.length > 0) break
  }
  const [found] = searched.honestSlashed
  write(`without "${what}": ${found === undefined ? 'nothing found' : `found in part ${tried}: ${found}`}\n`, 0)
  return found !== undefined
}

function text({ cases, accusations, liarsSlashed, honestSlashed }: Searched): string {
  return `${cases} fixings, ${accusations} accusations, ${liarsSlashed} liars slashed, ${honestSlashed.length} honest`
}

function write(output: string, exitCode: number): number {
  process.stdout.write(output)
  return exitCode
}
