import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../mutation/scratch.ts'

/** A requirement of docs/spec.md with the tests that it names, without the ellipsis of those that are cut. */
export type Requirement = { readonly id: string; readonly tests: readonly string[] }

/** Every requirement that docs/spec.md states, in its order. */
export function readRequirements(): readonly Requirement[] {
  return requirementsIn(readFileSync(join(ROOT, 'docs', 'spec.md'), 'utf8'))
}

/** A requirement begins with its id in bold and ends where the next one or a heading does. */
export function requirementsIn(specification: string): readonly Requirement[] {
  return specification.split(/^(?=\*\*R-\d{3}|#)/m).flatMap((part) => {
    const id = /^\*\*(R-\d{3})/.exec(part)?.[1]
    return id === undefined ? [] : [{ id, tests: testsIn(part) }]
  })
}

/** Whether a name is one of forge's; else it is the beginning of a sentence that vitest knows. */
export function isForgeTest(name: string): boolean {
  return /^(?:test|testFuzz|invariant)_\w+$/.test(name)
}

function testsIn(part: string): string[] {
  const listing = part.split('\n\n').find((paragraph) => paragraph.startsWith('Tests:')) ?? ''
  return [...listing.replaceAll('\n', ' ').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name.replace(/…$/, ''))
}
