import type { Numbered, SchemaFile } from './choice.ts'
import type { Mutant } from './mutant.ts'
import { CHOICE_FILE, CHOICE_SOURCE, schemaOf } from './schema.ts'
import { choosableConstants } from './schema-constants.ts'
import { type Fault, faultsOf, type Source } from './syntax.ts'

/** The sources with every mutant that can share a build in them, and the mutants that cannot. */
export type Schema = {
  readonly texts: ReadonlyMap<string, string>
  readonly shared: readonly Numbered[]
  readonly apart: readonly Mutant[]
}

/** Rounds of the compiler until it accepts what is left; each leaves out at least one mutant. */
const MOST_ROUNDS = 200

/**
 * Puts the mutants into the sources and leaves out those that the compiler does not accept there: they may compile alone,
 * or not at all. Throws {@link SchemaError} when the compiler's complaints fit no mutant.
 */
export function buildSchema(root: string, sources: readonly Source[], mutants: readonly Mutant[]): Schema {
  const choosable = new Set(choosableConstants(sources).map(({ declaration }) => declaration))
  const isSharable = ({ guard }: Mutant): boolean =>
    guard !== undefined && (guard.form !== 'constant' || choosable.has(guard.declaration))
  let shared = mutants
    .map((mutant, i): Numbered => ({ number: i + 1, mutant }))
    .filter(({ mutant }) => isSharable(mutant))
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const files = new Map(sources.map((source) => [source.file, schemaOf(source, shared, sources)]))
    const texts = new Map([
      ...[...files].map(([file, { text }]) => [file, text] as const),
      [CHOICE_FILE, CHOICE_SOURCE],
    ])
    const faults = faultsOf(root, texts)
    if (faults.length === 0) {
      const kept = new Set(shared.map(({ mutant }) => mutant))
      return { texts, shared, apart: mutants.filter((mutant) => !kept.has(mutant)) }
    }
    const refused = new Set(faults.flatMap((fault) => culprits(files, fault)))
    if (refused.size === 0) throw new SchemaError(faults)
    shared = shared.filter(({ number }) => !refused.has(number))
  }
  throw new SchemaError([])
}

/** The mutants that a fault is laid at: the innermost around its place, else the first within, else those that follow. */
function culprits(files: ReadonlyMap<string, SchemaFile>, { file, span }: Fault): readonly number[] {
  const found = files.get(file ?? '')
  if (found === undefined) return []
  const around = found.places.filter(({ start, end }) => start <= span.start && span.start < end)
  const [inner] = around.toSorted((a, b) => b.start - a.start)
  if (inner !== undefined) return [inner.number]
  const [within] = found.places
    .filter(({ start }) => start >= span.start && start < span.end)
    .toSorted((a, b) => a.start - b.start)
  if (within !== undefined) return [within.number]
  // A storage pointer is not assigned where a statement may be removed: the fault is at the head of the function.
  const next = found.text.indexOf('\n    function ', span.start)
  const body = found.places.filter(({ start }) => start > span.start && (next === -1 || start < next))
  return body.filter(({ start }) => found.text.startsWith('{ if', start)).map(({ number }) => number)
}

/** The compiler refuses the sources with all mutants in them, for a reason that is none of theirs. */
export class SchemaError extends Error {
  override readonly name = 'Mutation.SchemaError'
  constructor(faults: readonly Fault[]) {
    const [first] = faults
    super(
      `Expected the sources to compile with their mutants in them, got ${first?.message ?? 'no end'} (${first?.file}).`,
    )
  }
}
