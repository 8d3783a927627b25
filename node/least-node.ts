/** The oldest Node that runs the programs, as package.json says. */
export const LEAST_NODE = 24

/**
 * What to tell whoever runs a program by the Node `version`; undefined where that is new enough. Asked before anything else is
 * imported: an older Node cannot even link the rest, and would say so by a stack.
 */
export function oldNodeFault(version: string): string | undefined {
  if (Number(version.split('.')[0]) >= LEAST_NODE) return undefined
  return `Expected Node ${LEAST_NODE} or newer, got ${version}. Install it from https://nodejs.org, or put it first in PATH.`
}
