import type { Mutant } from './mutant.ts'
import type { Outcome } from './state.ts'
import type { Survivor } from './survivors.ts'

export type Row = {
  readonly file: string
  readonly mutants: number
  readonly killed: number
  /** Killed because a test did not end. */
  readonly timeout: number
  readonly uncompilable: number
  /** The compiler makes the same code of them. */
  readonly identical: number
  /** Listed as equivalent, with the reason. */
  readonly equivalent: number
  /** Listed as accepted, with the reason. */
  readonly accepted: number
  /** Neither killed nor listed. */
  readonly survived: number
  readonly untried: number
}

export type Report = {
  readonly rows: readonly Row[]
  readonly total: Row
  /** Killed of those that differ from the original and compile, in percent, rounded down to two digits. */
  readonly score: number
  /** Those that are alive, each with its entry in the list if it has one. */
  readonly survivors: readonly { readonly mutant: Mutant; readonly entry: Survivor | undefined }[]
  /** Entries of the list whose mutant was killed after all. */
  readonly needless: readonly Survivor[]
}

/** What `outcomes` say of `mutants`. */
export function reportOn(
  mutants: readonly Mutant[],
  outcomes: ReadonlyMap<string, Outcome>,
  listed: readonly Survivor[],
): Report {
  const entries = new Map(listed.map((entry) => [entry.id, entry]))
  const statusOf = ({ id }: Mutant): string => outcomes.get(id)?.status ?? 'untried'
  const rowOf = (file: string, own: readonly Mutant[]): Row => {
    const count = (status: string): number => own.filter((mutant) => statusOf(mutant) === status).length
    const alive = own.filter((mutant) => statusOf(mutant) === 'survived').map(({ id }) => entries.get(id)?.kind)
    const kinds = (kind: Survivor['kind'] | undefined): number => alive.filter((each) => each === kind).length
    return {
      file,
      mutants: own.length,
      killed: count('killed'),
      timeout: count('timeout'),
      uncompilable: count('uncompilable'),
      identical: count('identical'),
      equivalent: kinds('equivalent'),
      accepted: kinds('accepted'),
      survived: kinds(undefined),
      untried: count('untried') + count('alive'),
    }
  }
  const files = [...new Set(mutants.map(({ file }) => file))]
  const total = rowOf('all', mutants)
  const dead = total.killed + total.timeout
  const scored = dead + total.accepted + total.survived
  return {
    rows: files.map((file) =>
      rowOf(
        file,
        mutants.filter((mutant) => mutant.file === file),
      ),
    ),
    total,
    score: scored === 0 ? 0 : Math.floor((10_000 * dead) / scored) / 100,
    survivors: mutants
      .filter((mutant) => statusOf(mutant) === 'survived')
      .map((mutant) => ({ mutant, entry: entries.get(mutant.id) })),
    needless: listed.filter(({ id }) => ['killed', 'timeout'].includes(outcomes.get(id)?.status ?? '')),
  }
}

/** The report as lines of text, a Markdown table first. */
export function reportLines({ rows, total, score, survivors, needless }: Report): readonly string[] {
  const columns = [
    'mutants',
    'killed',
    'timeout',
    'uncompilable',
    'identical',
    'equivalent',
    'accepted',
    'survived',
    'untried',
  ] as const
  const line = (row: Row): string =>
    `| ${row.file.replace('contracts/src/', '')} | ${columns.map((column) => row[column]).join(' | ')} |`
  return [
    `| file | ${columns.join(' | ')} |`,
    `| --- |${' ---: |'.repeat(columns.length)}`,
    ...rows.map(line),
    line(total),
    '',
    ...survivors.map(({ mutant, entry }) => `${describe(mutant)}: ${entry?.reason ?? 'SURVIVED'}`),
    ...needless.map(
      ({ id, file, before, after }) => `listed as a survivor but killed: ${id} ${file} ${before} → ${after}`,
    ),
    `${score} % of the ${total.killed + total.timeout + total.accepted + total.survived} mutants that compile and differ are killed`,
  ]
}

/** A mutant on one line. */
export function describe({ id, file, line, operator, before, after }: Mutant): string {
  return `${id} ${file}:${line} ${operator}: ${before} → ${after === '' ? 'nothing' : after}`
}
