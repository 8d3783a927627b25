/** Proves the libraries with the solver inside the compiler: `npm run prove -- [--together] [--plants] [--json] [ID …]`. */
import { availableParallelism } from 'node:os'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { compilerVersion } from './compiler.ts'
import { loadProperties, type Property } from './harness.ts'
import { planted, plantings } from './plants.ts'
import { inParallel } from './pool.ts'
import { CHECKER, prove, type Result, TARGETS } from './prove.ts'
import { plantLine, proofTable } from './table.ts'
import { together } from './together.ts'

const USAGE = `Proves properties of contracts/src/libraries with the SMT solver that ships in the compiler. The properties are the functions
prove_… in test/contracts/proofs.

  npm run prove -- [ID …] [--together] [--plants] [--json] [--jobs N]

  ID …        only properties whose id begins so: BondLib, PayoutLib.byRuling
  --together  the properties of a library in one run of the solver: quicker, no seconds of each
  --plants    puts bugs into the libraries, in memory, and shows that no proof survives its bug
  --json      one JSON document on stdout
  --jobs N    runs at once (default: the processors)

Ends with 0 if everything is proven, with 1 if not; with --plants with 0 if every plant is found. What the solver leaves open is not
proven. Ends with 2 if there is nothing to prove.
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    together: { type: 'boolean', default: false },
    plants: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    jobs: { type: 'string', default: String(availableParallelism()) },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) process.stdout.write(USAGE)
else process.exitCode = await main()

async function main(): Promise<number> {
  const all = await loadProperties()
  const chosen = all.filter(({ id }) => positionals.length === 0 || positionals.some((prefix) => id.startsWith(prefix)))
  if (chosen.length === 0) {
    say(`Expected the beginning of a property's id, got ${positionals.join(' ')}. There are:\n${idsOf(all)}`)
    return 2
  }
  const solver = `solc ${await compilerVersion()}, engine ${CHECKER.engine}, solver ${CHECKER.solvers[0]}, targets ${TARGETS.join(', ')}`
  say(solver)
  return values.plants ? await showPlants(chosen, solver) : await showProofs(chosen, solver)
}

async function showProofs(properties: readonly Property[], solver: string): Promise<number> {
  const started = performance.now()
  const rows = values.together ? await proveTogether(properties) : await proveEach(properties)
  const failed = rows.filter(({ result }) => result.status !== 'proven')
  const took = (performance.now() - started) / 1000
  if (values.json) {
    const listed = rows.map(({ property: { id, claim, proves, range, assumes }, result }) => {
      return { id, claim, proves, range, assumes, ...result }
    })
    print(JSON.stringify({ solver, seconds: took, failed: failed.length, properties: listed }))
  } else {
    print(proofTable(rows))
    print(
      `${properties.length} properties, ${rows.length - failed.length} of ${rows.length} runs proven, ${took.toFixed(0)} s`,
    )
  }
  return failed.length === 0 ? 0 : 1
}

type Row = { readonly property: Property; readonly result: Result }

function proveEach(properties: readonly Property[]): Promise<Row[]> {
  return inParallel(properties, Number(values.jobs), async (property) => {
    const result = await prove(property)
    say(
      `${result.status} ${property.id}, ${result.seconds.toFixed(1)} s${result.reason === '' ? '' : `: ${result.reason}`}`,
    )
    return { property, result }
  })
}

/**
 * The solver can lose itself in many properties at once: those of a library that is left open are then tried one by one. Starts with
 * the library that asserts most, so that none runs alone at the end.
 */
async function proveTogether(properties: readonly Property[]): Promise<Row[]> {
  const rows = await proveEach(together(properties).toSorted((a, b) => b.asserts.length - a.asserts.length))
  const open = rows.filter(({ result }) => result.status === 'unknown').map(({ property }) => property.file)
  const again = await proveEach(properties.filter(({ file }) => open.includes(file)))
  return [...rows.filter(({ result }) => result.status !== 'unknown'), ...again]
}

async function showPlants(properties: readonly Property[], solver: string): Promise<number> {
  const without = properties.filter((property) => plantings([property]).length === 0)
  const rows = await inParallel(plantings(properties), Number(values.jobs), async ({ plant, property }) => {
    const result = await prove(property, planted(plant))
    // A counterexample also shows that the property's conditions can be met. Where there is none, reach the end of it.
    const end = result.status === 'unknown' ? await prove(property, {}, 'assert(false);') : result
    const isFound = result.status === 'refuted' || (result.status === 'unknown' && end.status === 'refuted')
    say(plantLine(plant, property, result, isFound))
    return { bug: plant.bug, library: plant.library, id: property.id, isFound, ...result }
  })
  const missed = rows.filter(({ isFound }) => !isFound).length
  if (values.json) print(JSON.stringify({ solver, missed, without: without.map(({ id }) => id), plants: rows }))
  const refuted = rows.filter(({ status }) => status === 'refuted').length
  say(
    `${rows.length} plants: ${refuted} refuted with a counterexample, ${rows.length - refuted - missed} no longer proven, ${missed} missed`,
  )
  if (without.length > 0) say(`no plant for\n${idsOf(without)}`)
  return missed === 0 && without.length === 0 ? 0 : 1
}

function idsOf(properties: readonly Property[]): string {
  return properties.map(({ id }) => id).join('\n')
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
