import { concat, type Hex, slice } from 'viem'
import { SINK } from '#client/deployment-plan.ts'
import { accountOf } from '../client/chain-fixture.ts'
import type { Play } from './play.ts'
import { REWARD } from './registry-scenes.ts'
import { BOND, FEE, fixingAt, LIE, ownerOf, sceneTime, seriesAt, STAKE, type Stage, THIRD, TRUTH } from './stage.ts'

const UNIT = 10n ** 18n

/** The oracle's steps by a contract that only does the named writes: the same people, amounts and balances. */
export async function playMinimumOracle(play: Play): Promise<void> {
  await play.measure('propose, first ever', 'proposer', 'lead', [idOf(1), TRUTH, BOND])
  await undisputed(play, idOf(2))
  await play.measure('propose, reading an open interest', 'proposer', 'lead', [idOf(3), TRUTH, BOND])
  await crowd(play, idOf(4))
  await fourRounds(play, idOf(5))
  await oneDispute(play, idOf(6))
  await rulings(play)
  await requested(play, idOf(10))
}

async function undisputed(play: Play, id: Hex): Promise<void> {
  const words = Object.values(fixingAt(sceneTime(2))).map(BigInt)
  await play.measure('create', 'proposer', 'create', [words])
  await play.measure('propose', 'proposer', 'lead', [id, TRUTH, BOND])
  await play.measure('settlementOf, undisputed', 'bob', 'settlementOf', [id])
  await play.measure('claim, undisputed', 'proposer', 'claim', [id, TRUTH, BOND])
}

async function crowd(play: Play, id: Hex): Promise<void> {
  await play.act('liar', 'lead', [id, LIE, BOND])
  await play.measure('contribute, first of a pot', 'alice', 'join', [id, TRUTH, BOND / 2n])
  await play.measure('contribute, second of a pot', 'bob', 'join', [id, TRUTH, BOND / 2n])
  await play.measure('contribute, third of a pot', 'carol', 'join', [id, TRUTH, BOND / 2n])
  await play.measure('contribute, again to a pot', 'carol', 'join', [id, TRUTH, BOND / 4n])
  await play.measure("contribute, completes a crowd's pot", 'dave', 'complete', [id, TRUTH, BOND / 4n])
}

/** A new candidate and an appeal take a slot of their own, which no other step of the same minimum has used. */
async function fourRounds(play: Play, id: Hex): Promise<void> {
  const [third, appealed, early] = [idOf(7), idOf(8), idOf(9)]
  for (const one of [id, third, appealed, early]) await play.act('liar', 'lead', [one, LIE, BOND])
  const fills = 'contribute, fills a pot alone'
  await play.measure(`${fills}, round 1, new value`, 'alice', 'leadNew', [id, TRUTH, 2n * BOND])
  await play.measure(`${fills}, round 2, old value`, 'bob', 'lead', [id, LIE, 3n * BOND])
  await play.measure(`${fills}, round 3, new value`, 'carol', 'leadNew', [third, THIRD, 12n * BOND])
  const appeal = 'appeal, fills a pot alone'
  await play.measure(`${appeal}, round 4, old value`, 'dave', 'leadNew', [appealed, LIE, 2n * BOND + FEE])
  await play.measure(`${appeal}, round 2, new value`, 'dave', 'leadNew', [early, THIRD, (3n * BOND + 8n) / 9n + FEE])
  await play.measure('settlementOf, ruled', 'bob', 'settlementOf', [id])
  await play.measure('claim, winner after four rounds and a ruling', 'bob', 'claim', [id, LIE, 3n * BOND])
  await play.measure('claim, sponsor of the winner', 'dave', 'claim', [appealed, LIE, 2n * BOND])
}

async function oneDispute(play: Play, id: Hex): Promise<void> {
  await play.act('liar', 'lead', [id, LIE, BOND])
  await play.act('alice', 'leadNew', [id, TRUTH, 2n * BOND])
  await play.measure('settlementOf, disputed', 'bob', 'settlementOf', [id])
  await play.measure('claim, winner after one dispute', 'alice', 'claim', [id, TRUTH, 2n * BOND])
  await play.measure('claim, loser', 'liar', 'lose', [id, LIE])
  await play.measure('collect, after a timeout', 'bob', 'collect', [id, BOND / 5n, SINK])
}

/** The fee goes to the arbitrator. */
async function rulings(play: Play): Promise<void> {
  await play.measure('rule, three candidates', 'arbitrator', 'rule', [idOf(7), TRUTH, FEE])
  await play.measure('rule, five candidates', 'arbitrator', 'rule', [idOf(8), TRUTH, FEE])
  await play.measure('rule, requested', 'arbitrator', 'rule', [idOf(9), TRUTH, FEE])
  await play.measure('collect, after a ruling', 'bob', 'collect', [idOf(7), BOND / 5n, SINK])
}

async function requested(play: Play, id: Hex): Promise<void> {
  await play.measure('fund, first of a fixing', 'alice', 'join', [id, 0n, UNIT])
  await play.measure('fund, again', 'bob', 'join', [id, 0n, UNIT])
  await play.measure('request', 'carol', 'request', [id, sceneTime(8), FEE])
  await play.measure('claim, request', 'carol', 'claim', [id, 0n, FEE])
  await play.measure('claim, fund', 'bob', 'claim', [id, 0n, UNIT])
}

/** The vault's steps, likewise. */
export async function playMinimumVault(play: Play, councils: Stage['councils']): Promise<void> {
  const { fixing, ...terms } = seriesAt(sceneTime(2), play.target.address, councils)
  const words = [...Object.values(fixing), ...Object.values(terms)].map(BigInt)
  await play.act('alice', 'split', [words, 10n * UNIT])
  await play.measure('split, first of a holder', 'bob', 'split', [words, 2n * UNIT])
  await play.measure('split, again', 'bob', 'split', [words, 2n * UNIT])
  await play.measure('merge', 'bob', 'merge', [words, UNIT])
  await play.act('carol', 'split', [words, 2n * UNIT])
  await play.measure('redeem, part of one leg', 'bob', 'redeemOne', [words, UNIT])
  await play.measure('redeem, all of one leg', 'bob', 'redeemOne', [words, 2n * UNIT])
  await play.measure('redeem, all of both legs', 'carol', 'redeemBoth', [words, 2n * UNIT])
}

/** The registry's steps, likewise. */
export async function playMinimumRegistry(play: Play): Promise<void> {
  const [, ...rest] = Array.from({ length: 10 }, (_, i) => BigInt(idOf(i)))
  const memberOf = (index: number): readonly bigint[] => [ownerWord(index), ...rest]
  const registering = (index: number): readonly unknown[] => [index, memberOf(index), idOf(index).slice(0, 42), STAKE]
  for (let index = 0; index < 99; index += 1) await play.act('alice', 'register', registering(index))
  await play.measure('register', 'alice', 'register', registering(99))
  await play.measure('publish the roster of 100', 'bob', 'publish', [100])
  await play.measure('fund reporters', 'bob', 'fund', [idOf(1), REWARD])
  await play.act('bob', 'fund', [idOf(2), REWARD])
  await play.measure('attest, 90 of 100 reporters', 'carol', 'attest', [idOf(1), TRUTH, 10])
  const proposing = 'propose attested, 90 of 100 reporters'
  await play.measure(proposing, 'proposer', 'proposeAttested', [idOf(2), TRUTH, 10, BOND])
  await play.measure(`${proposing}, no reward`, 'proposer', 'proposeAttested', [idOf(3), TRUTH, 10, BOND])
  await play.act('bob', 'claim', [idOf(2), 1, REWARD / 90n])
  await play.measure('claim the rewards of 88', 'bob', 'claimAll', [idOf(2), 2, 88, REWARD / 90n])
  await play.measure('claim a reward', 'bob', 'claim', [idOf(2), 0, REWARD / 90n])
  await play.act('bob', 'fund', [idOf(4), REWARD])
  await play.measure(`${proposing}, of an older roster`, 'proposer', 'proposeAttested', [idOf(4), TRUTH, 10, BOND])
}

/** An owner's address behind what is packed with it. */
function ownerWord(place: number): bigint {
  return BigInt(concat([slice(idOf(0), 0, 12), accountOf(ownerOf(place)).address]))
}

/** Bytes that are never zero: calldata is paid by the byte. */
function idOf(n: number): Hex {
  return `0x${(0x10 + n).toString(16).repeat(32)}`
}
