import type { Property } from './harness.ts'
import type { Plant } from './plants.ts'
import type { Result } from './prove.ts'

/** What was proven of what, over which inputs, in how many conditions and seconds. */
export function proofTable(rows: readonly { readonly property: Property; readonly result: Result }[]): string {
  return rows
    .flatMap(({ property, result }) => [
      `${heading(result)}  ${property.id}`,
      `${INDENT}${property.proves}: ${property.claim}`,
      `${INDENT}for ${property.range}`,
      ...(property.assumes === '' ? [] : [`${INDENT}given ${property.assumes}`]),
      ...(result.reason === '' ? [] : [`${INDENT}${result.reason}`]),
    ])
    .join('\n')
}

/** One line on what became of a property when `plant` was in the library. */
export function plantLine({ bug, library }: Plant, { id }: Property, result: Result, isFound: boolean): string {
  const fate = result.status === 'refuted' ? 'counterexample' : result.status
  return `${isFound ? 'found' : 'MISSED'} ${library} ${bug}: ${id}, ${fate}, ${result.seconds.toFixed(1)} s`
}

function heading({ status, seconds, conditions }: Result): string {
  return `${status.padEnd(8)}${`${seconds.toFixed(1)} s`.padStart(8)}${`${conditions} conditions`.padStart(15)}`
}

const INDENT = ' '.repeat(33)
