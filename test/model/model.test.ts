import type { Address } from 'viem'
import { expect, test } from 'vitest'
import type { Action } from './action.ts'
import { Model } from './model.ts'
import { play } from './play.ts'
import type { Words } from './result.ts'
import { type Fixing, word } from './terms.ts'

const WAD = 10n ** 18n
const MATURITY = 1_800_000_000n
const ATTACKER: Address = '0x1111111111111111111111111111111111111111'
const STAKER: Address = '0x2222222222222222222222222222222222222222'
const SPONSOR: Address = '0x3333333333333333333333333333333333333333'
const ARBITRATOR: Address = '0x4444444444444444444444444444444444444444'
const BACKUP: Address = '0x5555555555555555555555555555555555555555'
const ORACLE: Address = '0x6666666666666666666666666666666666666666'
const SINK: Address = '0x000000000000000000000000000000000000dead'

const FIXING: Fixing = {
  indexId: `0x${word(1n)}`,
  maturity: MATURITY,
  arbitrator: ARBITRATOR,
  backup: BACKUP,
  openInterest: '0x0000000000000000000000000000000000000000',
  minBond: 25n * WAD,
  arbitrationFee: 2n * WAD,
  bondPpm: 2_500n,
  firstWindow: 86_400n,
  window: 172_800n,
  separationPpm: 1_000n,
  bandPpm: 10_000n,
  proposalGrace: 259_200n,
  arbitrationLimit: 2_592_000n,
}
const FALSE = 3_000n * WAD
const TRUTH = 2_500n * WAD + 4n * 10n ** 17n

/** The worked example of section 5 up to its second round: d = 25, F = 2, the truth 2500.10. */
function disputed(): Model {
  const rich = [ATTACKER, STAKER, SPONSOR].map((party): [Address, bigint] => [party, 1_000n * WAD])
  const surroundings = { readInterest: () => undefined, skew: () => 0n, refuses: () => false }
  const model = new Model({ chainId: 1n, oracle: ORACLE, sink: SINK }, [FIXING], new Map(rich), surroundings)
  model.now = MATURITY
  expect(does(model, ATTACKER, { name: 'propose', fixing: 0, value: FALSE, maxBond: 25n * WAD })).toEqual([25n * WAD])
  expect(joins(model, STAKER, 'contribute', 1, TRUTH, 60n * WAD)).toBe(50n * WAD)
  return model
}

test('a liar who stops after the first dispute loses 25, of which the stakers get 20 (R-301)', () => {
  const model = disputed()
  model.now += FIXING.window
  expect(model.dispute(0).outcome(model.now)).toBe('Timeout')
  expect(model.dispute(0).settlement(model.now)).toBe(TRUTH)
  expect(does(model, STAKER, claimOf(1, TRUTH))).toEqual([70n * WAD])
  expect(does(model, ATTACKER, claimOf(0, FALSE))).toEqual([0n])
  expect(does(model, SPONSOR, { name: 'collect', fixing: 0 })).toEqual([5n * WAD])
  expect(model.fundsOf(ORACLE)).toBe(0n)
})

test('a liar who goes on to arbitration loses 100, and everybody else earns 85.5 % (R-204, R-205, R-301)', () => {
  const model = disputed()
  expect(joins(model, ATTACKER, 'contribute', 2, FALSE, 75n * WAD)).toBe(75n * WAD)
  const stake = 16_666_666_666_666_666_667n
  expect(joins(model, SPONSOR, 'appeal', 3, TRUTH, 100n * WAD)).toBe(stake + 2n * WAD)
  expect(does(model, ARBITRATOR, { name: 'rule', fixing: 0, value: 25_001n * 10n ** 17n })).toEqual([])
  expect(does(model, STAKER, claimOf(1, TRUTH))).toEqual([92_749_999_999_999_999_999n])
  expect(does(model, SPONSOR, { ...claimOf(3, TRUTH), kind: 'Appeal' })).toEqual([33_916_666_666_666_666_667n])
  expect(does(model, ATTACKER, claimOf(0, FALSE))).toEqual([0n])
  expect(does(model, ATTACKER, claimOf(2, FALSE))).toEqual([0n])
  expect(does(model, SPONSOR, { name: 'collect', fixing: 0 })).toEqual([40n * WAD])
  expect(model.fundsOf(ARBITRATOR)).toBe(2n * WAD)
  expect(model.fundsOf(ORACLE)).toBe(1n)
})

function joins(
  model: Model,
  sender: Address,
  name: 'contribute' | 'appeal',
  round: number,
  value: bigint,
  amount: bigint,
): bigint {
  return BigInt(does(model, sender, { name, fixing: 0, round, value, amount })[0] ?? 0n)
}

function does(model: Model, sender: Address, action: Action): Words {
  const result = play(model, sender, action)
  if (!result.ok) throw new Error(`Expected ${action.name} to succeed, got ${result.error}.`)
  return result.returns
}

function claimOf(round: number, value: bigint): Action & { name: 'claim' } {
  return { name: 'claim', fixing: 0, kind: 'Stake', round, value }
}
