import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HALT_FILE, haltIn, haltStaking, resumeStaking } from '../../../node/ground/halt.ts'
import { temporaryFolder } from '../temporary.ts'

test('is halted from the call on until it is resumed, whoever looks', () => {
  const dataDir = join(temporaryFolder(), 'data')
  const [one, other] = [haltIn(dataDir), haltIn(dataDir)]
  expect([one.reason(), resumeStaking(dataDir)]).toEqual([undefined, false])
  haltStaking(dataDir, 'drill')
  expect([one.reason(), other.reason(), haltIn(dataDir).reason()]).toEqual(['drill', 'drill', 'drill'])
  haltStaking(dataDir, 'another')
  expect(one.reason()).toBe('another')
  expect([resumeStaking(dataDir), one.reason()]).toEqual([true, undefined])
})

test('a file without words halts as well, and of one with too many a thousand characters are told', () => {
  const dataDir = temporaryFolder()
  writeFileSync(join(dataDir, HALT_FILE), '')
  expect(haltIn(dataDir).reason()).toBe('no reason given')
  writeFileSync(join(dataDir, HALT_FILE), 'x'.repeat(5_000))
  expect(haltIn(dataDir).reason()).toBe('x'.repeat(1_000))
})

test('what cannot be read halts', () => {
  const dataDir = temporaryFolder()
  mkdirSync(join(dataDir, HALT_FILE))
  expect(haltIn(dataDir).reason()).toBe('stop-staking cannot be read')
})
