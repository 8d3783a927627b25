/** The oldest Node that runs the programs, as package.json says. */
export const LEAST_NODE = 24

/**
 * What to tell whoever runs a program by the Node `version`, and what to do; undefined where that is new enough. Asked before anything
 * else is imported: an older Node cannot even link the rest, and would say so by a stack.
 */
export function oldNodeFault(version: string): { readonly message: string; readonly hint: string } | undefined {
  if (Number(version.split('.')[0]) >= LEAST_NODE) return undefined
  return {
    message: `Expected Node ${LEAST_NODE} or newer, got ${version}.`,
    hint: 'Install it from https://nodejs.org, or put it first in PATH.',
  }
}
