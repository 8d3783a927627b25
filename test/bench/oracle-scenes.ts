import { EMBEDDED_CHAIN_ID } from '#client/embedded-chain.ts'
import { type Fixing, fixingId, KIND_CODE, type Kind } from '#protocol/fixing.ts'
import type { Play } from './play.ts'
import { BOND, FEE, FIFTH, fixingAt, FOURTH, LIE, sceneTime, THIRD, TRUTH } from './stage.ts'

const FUNDS = 10n ** 18n
const ZERO = 0n

/** A scene plays one fixing through; scenes are independent but for what the oracle holds, which is never nothing again. */
type Scene = (play: Play, fixing: Fixing) => Promise<void>

/** All steps of the oracle. The first scene is the first use of the oracle ever. */
export async function playOracle(play: Play): Promise<void> {
  const scenes: readonly Scene[] = [
    firstEver,
    undisputed,
    crowd,
    oneDispute,
    fourRounds,
    fiveCandidates,
    appealOfANewValue,
    requested,
  ]
  for (const [at, scene] of scenes.entries()) {
    const maturity = sceneTime(at + 1)
    await play.at(maturity)
    await scene(play, fixingAt(maturity))
  }
}

async function firstEver(play: Play, fixing: Fixing): Promise<void> {
  await play.measure('propose, first ever', 'proposer', 'propose', [fixing, TRUTH, BOND])
}

async function undisputed(play: Play, fixing: Fixing): Promise<void> {
  await play.measure('create', 'proposer', 'create', [fixing])
  await play.measure('propose', 'proposer', 'propose', [fixing, TRUTH, BOND])
  await play.at(fixing.maturity + BigInt(2 * fixing.firstWindow))
  await play.measure('settlementOf, undisputed', 'bob', 'settlementOf', [idOf(play, fixing)])
  await claim(play, 'claim, undisputed', 'proposer', fixing, 'stake', 0, TRUTH)
}

async function crowd(play: Play, fixing: Fixing): Promise<void> {
  await play.act('liar', 'propose', [fixing, LIE, BOND])
  const part = (amount: bigint): readonly unknown[] => [fixing, 1, TRUTH, amount]
  await play.measure('contribute, first of a pot', 'alice', 'contribute', part(BOND / 2n))
  await play.measure('contribute, second of a pot', 'bob', 'contribute', part(BOND / 2n))
  await play.measure('contribute, third of a pot', 'carol', 'contribute', part(BOND / 2n))
  await play.measure('contribute, again to a pot', 'carol', 'contribute', part(BOND / 4n))
  await play.measure("contribute, completes a crowd's pot", 'dave', 'contribute', part(BOND / 4n))
}

async function oneDispute(play: Play, fixing: Fixing): Promise<void> {
  await play.act('liar', 'propose', [fixing, LIE, BOND])
  await play.act('alice', 'contribute', [fixing, 1, TRUTH, 2n * BOND])
  await play.at(fixing.maturity + BigInt(2 * fixing.window))
  await play.measure('settlementOf, disputed', 'bob', 'settlementOf', [idOf(play, fixing)])
  await claim(play, 'claim, winner after one dispute', 'alice', fixing, 'stake', 1, TRUTH)
  await claim(play, 'claim, loser', 'liar', fixing, 'stake', 0, LIE)
  await play.measure('collect, after a timeout', 'bob', 'collect', [fixing])
}

/** LIE, TRUTH, LIE, THIRD lead; LIE is appealed and ruled. */
async function fourRounds(play: Play, fixing: Fixing): Promise<void> {
  await play.act('liar', 'propose', [fixing, LIE, BOND])
  const fills = 'contribute, fills a pot alone'
  await play.measure(`${fills}, round 1, new value`, 'alice', 'contribute', [fixing, 1, TRUTH, 2n * BOND])
  await play.measure(`${fills}, round 2, old value`, 'bob', 'contribute', [fixing, 2, LIE, 3n * BOND])
  await play.measure(`${fills}, round 3, new value`, 'carol', 'contribute', [fixing, 3, THIRD, 12n * BOND])
  const appealed = [fixing, 4, LIE, 2n * BOND + FEE]
  await play.measure('appeal, fills a pot alone, round 4, old value', 'dave', 'appeal', appealed)
  await play.act('arbitrator', 'rule', [fixing, LIE])
  await play.measure('settlementOf, ruled', 'bob', 'settlementOf', [idOf(play, fixing)])
  await claim(play, 'claim, winner after four rounds and a ruling', 'bob', fixing, 'stake', 2, LIE)
  await claim(play, 'claim, sponsor of the winner', 'dave', fixing, 'appeal', 4, LIE)
  await play.measure('collect, after a ruling', 'bob', 'collect', [fixing])
}

/** The most candidates that a fixing can have: four leaders and another value appealed. The ruling compares them all. */
async function fiveCandidates(play: Play, fixing: Fixing): Promise<void> {
  await play.act('liar', 'propose', [fixing, LIE, BOND])
  await play.act('alice', 'contribute', [fixing, 1, TRUTH, 2n * BOND])
  await play.act('bob', 'contribute', [fixing, 2, THIRD, 6n * BOND])
  await play.act('carol', 'contribute', [fixing, 3, FOURTH, 18n * BOND])
  await play.act('dave', 'appeal', [fixing, 4, FIFTH, 3n * BOND + FEE])
  await play.measure('rule, five candidates', 'arbitrator', 'rule', [fixing, FIFTH])
}

async function appealOfANewValue(play: Play, fixing: Fixing): Promise<void> {
  await play.act('liar', 'propose', [fixing, LIE, BOND])
  await play.act('alice', 'contribute', [fixing, 1, TRUTH, 2n * BOND])
  // a = ceil(3 d / 9).
  const need = (3n * BOND + 8n) / 9n + FEE
  const appealed = [fixing, 2, THIRD, need]
  await play.measure('appeal, fills a pot alone, round 2, new value', 'dave', 'appeal', appealed)
  await play.measure('rule, three candidates', 'arbitrator', 'rule', [fixing, THIRD])
}

async function requested(play: Play, fixing: Fixing): Promise<void> {
  await play.measure('fund, first of a fixing', 'alice', 'fund', [fixing, FUNDS])
  await play.measure('fund, again', 'bob', 'fund', [fixing, FUNDS])
  await play.at(fixing.maturity + BigInt(fixing.proposalGrace))
  await play.measure('request', 'carol', 'request', [fixing])
  await play.measure('rule, requested', 'arbitrator', 'rule', [fixing, TRUTH])
  await claim(play, 'claim, request', 'carol', fixing, 'request', 0, ZERO)
  await claim(play, 'claim, fund', 'bob', fixing, 'fund', 0, ZERO)
}

async function claim(
  play: Play,
  step: string,
  person: Parameters<Play['measure']>[1],
  fixing: Fixing,
  kind: Kind,
  round: number,
  value: bigint,
): Promise<void> {
  await play.measure(step, person, 'claim', [fixing, KIND_CODE[kind], round, value])
}

function idOf(play: Play, fixing: Fixing): string {
  return fixingId(fixing, { chainId: EMBEDDED_CHAIN_ID, oracle: play.target.address })
}
