import { expect, test } from 'vitest'
import { LEAST_NODE, oldNodeFault } from '../../../node/ground/least-node.ts'
import manifest from '../../../package.json' with { type: 'json' }

test('the oldest Node is that of the package', () => {
  expect(manifest.engines.node).toBe(`>=${LEAST_NODE}`)
})

test.each([
  ['20.20.2', true],
  ['22.99.0', true],
  ['23.11.1', true],
  ['24.0.0', false],
  ['100.1.0', false],
])('of Node %s it says what it needs: %s', (version, isOld) => {
  const fault = {
    message: `Expected Node 24 or newer, got ${version}.`,
    hint: 'Install it from https://nodejs.org, or put it first in PATH.',
  }
  expect(oldNodeFault(version)).toEqual(isOld ? fault : undefined)
})
