import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { latestBlock, type WritableChain } from '#client/chain.ts'
import { OracleRevertError } from '#client/errors.ts'
import { oracleEvents, potsOf, readCreated } from '#client/fixing-log.ts'
import { readBond, readFixing, readPot, readReceipts } from '#client/oracle-reader.ts'
import { appeal, claim, collect, contribute, create, fund, propose, request } from '#client/oracle-writer.ts'
import { readCouncil, signRuling, submitRuling, withdrawFees } from '#client/council.ts'
import { wethBalance } from '#client/weth.ts'
import { maturityOracleAbi } from '#protocol/abi/maturity-oracle.ts'
import { type Fixing, fixingId, receiptId } from '#protocol/fixing.ts'
import { PHASES } from '#protocol/phase.ts'
import { accountOf, ETHER, MATURITY, raiseStage, type Stage } from './chain-fixture.ts'

let stage: Stage
let ann: WritableChain
let ben: WritableChain
let fixing: Fixing
let salt = 0

const TRUE = 2_500n * ETHER
const FALSE = 3_000n * ETHER
const BOND = ETHER / 10n

beforeAll(async () => {
  stage = await raiseStage()
  ann = await stage.as('ann')
  ben = await stage.as('ben')
  await stage.embedded.mineAt(MATURITY)
})
afterAll(() => stage.embedded.stop())

beforeEach(() => {
  salt += 1
  fixing = { ...stage.fixing, indexId: `0x${salt.toString(16).padStart(64, '0')}` }
})

async function refusalOf(promise: Promise<unknown>): Promise<OracleRevertError> {
  const error: unknown = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  )
  if (!(error instanceof OracleRevertError)) throw new Error(`Expected a refusal, got ${String(error)}.`)
  return error
}

test('reads everything of a fixing at one block, and agrees with the contract on its phase (R-110)', async () => {
  const { oracle } = stage.deployments
  const id = fixingId(fixing, { chainId: ann.chainId, oracle })
  await propose(ann, oracle, fixing, { value: FALSE, maxBond: BOND })
  const proposed = await latestBlock(ann)
  await contribute(ben, oracle, fixing, { round: 1, value: TRUE, amount: 2n * BOND })

  const old = await readFixing(ann, oracle, fixing, proposed.number)
  expect(old).toEqual({
    id,
    fixing,
    atBlock: proposed.number,
    atTime: proposed.time,
    facts: {
      bond: BOND,
      round: 1,
      leader: FALSE,
      deadline: proposed.time + 86_400n,
      arbitratedAt: 0n,
      ruling: 0n,
    },
    phase: 'active',
    staked: BOND,
    candidates: [{ value: FALSE, stake: BOND }],
    leaderIndex: 0,
    settlement: undefined,
    outcome: 'none',
    winner: undefined,
    currentArbitrator: undefined,
  })
  const now = await readFixing(ann, oracle, fixing)
  expect(now).toMatchObject({
    staked: 3n * BOND,
    leaderIndex: 1,
    candidates: [
      { value: FALSE, stake: BOND },
      { value: TRUE, stake: 2n * BOND },
    ],
  })
  const code = await ann.publicClient.readContract({
    address: oracle,
    abi: maturityOracleAbi,
    functionName: 'phase',
    args: [fixing],
  })
  expect(PHASES[code]).toBe(now.phase)
})

test('plays a dispute to the ruling, the fee, every claim and the sink (R-202, R-204, R-205, R-301)', async () => {
  const { oracle, council, weth } = stage.deployments
  const id = fixingId(fixing, { chainId: ann.chainId, oracle })
  await propose(ann, oracle, fixing, { value: FALSE, maxBond: BOND })
  const { taken } = await contribute(ben, oracle, fixing, { round: 1, value: TRUE, amount: ETHER })
  expect(taken).toBe(2n * BOND)
  await contribute(ann, oracle, fixing, { round: 2, value: FALSE, amount: ETHER })
  await appeal(ben, oracle, fixing, { round: 3, value: TRUE, amount: ETHER })
  expect(await readFixing(ann, oracle, fixing)).toMatchObject({ phase: 'arbitration', currentArbitrator: council })

  expect(await readCouncil(ann, council)).toEqual({
    signers: ['Ada', 'Bede', 'Clio'].map((name) => ({ name, account: accountOf(name).address })),
    threshold: 2,
  })
  const ruling = { fixingId: id, value: TRUE + 1n }
  const signatures = await Promise.all(
    [2, 0].map(async (index) => ({
      index,
      signature: await signRuling(
        accountOf(['Ada', 'Bede', 'Clio'][index] ?? ''),
        { chainId: ann.chainId, address: council },
        ruling,
      ),
    })),
  )
  await submitRuling(ann, council, fixing, { value: TRUE + 1n, signatures })
  expect(await readFixing(ann, oracle, fixing)).toMatchObject({
    phase: 'settled',
    settlement: TRUE + 1n,
    outcome: 'ruling',
    winner: TRUE,
    facts: { ruling: TRUE + 1n },
  })

  // A = 6 d, a = ceil(6 d / 9), W = 2 d + a, L = 4 d; sink 40 % of L, the sponsors' bonus 1.5 F.
  const appealed = (6n * BOND + 8n) / 9n
  const fee = 4n * 10n ** 16n
  const total = 6n * BOND + appealed
  const bonus = (3n * fee) / 2n
  const shared = total - (16n * BOND) / 10n - bonus
  const winners = 2n * BOND + appealed
  const stakePaid = (2n * BOND * shared) / winners
  expect((await claim(ben, oracle, fixing, { kind: 'stake', round: 1, value: TRUE })).paid).toBe(stakePaid)
  const appealPaid = (appealed * shared) / winners + bonus
  expect((await claim(ben, oracle, fixing, { kind: 'appeal', round: 3, value: TRUE })).paid).toBe(appealPaid)
  expect((await claim(ann, oracle, fixing, { kind: 'stake', round: 0, value: FALSE })).paid).toBe(0n)
  expect((await collect(ann, oracle, fixing)).toSink).toBe((16n * BOND) / 10n)
  const clio = await stage.as('Clio')
  const before = await wethBalance(clio, weth, clio.account.address)
  await withdrawFees(clio, council)
  expect(await wethBalance(clio, weth, clio.account.address)).toBe(before + fee / 2n)
})

test('settles an undisputed proposal by time alone and pays the reward (R-303)', async () => {
  const { oracle } = stage.deployments
  await fund(ben, oracle, fixing, ETHER)
  await propose(ann, oracle, fixing, { value: TRUE, maxBond: BOND })
  const { facts } = await readFixing(ann, oracle, fixing)
  await stage.embedded.mineAt(facts.deadline)
  expect(await readFixing(ann, oracle, fixing)).toMatchObject({
    phase: 'settled',
    settlement: TRUE,
    outcome: 'timeout',
  })
  const elapsed = facts.deadline - 86_400n - MATURITY
  const reward = (ETHER * elapsed) / 21_600n
  expect((await claim(ann, oracle, fixing, { kind: 'stake', round: 0, value: TRUE })).paid).toBe(BOND + reward)
  expect((await claim(ben, oracle, fixing, { kind: 'fund', round: 0, value: 0n })).paid).toBe(ETHER - reward)
})

test('finds announced fixings once each, and the pots of a round (R-101)', async () => {
  const { oracle } = stage.deployments
  const { number } = await latestBlock(ann)
  await create(ann, oracle, fixing)
  await create(ben, oracle, fixing)
  const id = fixingId(fixing, { chainId: ann.chainId, oracle })
  expect(await readCreated(ann, oracle, number + 1n)).toEqual([{ id, fixing, block: number + 1n }])

  await propose(ann, oracle, fixing, { value: FALSE, maxBond: BOND })
  await contribute(ann, oracle, fixing, { round: 1, value: TRUE, amount: 5n })
  await contribute(ben, oracle, fixing, { round: 1, value: TRUE, amount: 7n })
  await contribute(ben, oracle, fixing, { round: 1, value: 2n * TRUE, amount: 1n })
  const events = await oracleEvents(ann, oracle, { fromBlock: number + 1n }, id)
  expect(events.map(({ eventName }) => eventName)).toEqual([
    'Created',
    'Created',
    'Proposed',
    'Contributed',
    'Contributed',
    'Contributed',
  ])
  expect(potsOf(events, id, 1)).toEqual([
    { kind: 'stake', value: TRUE, filled: 12n },
    { kind: 'stake', value: 2n * TRUE, filled: 1n },
  ])
  expect(await readPot(ann, oracle, fixing, { kind: 'stake', round: 1, value: TRUE })).toEqual({
    filled: 12n,
    need: 2n * BOND,
  })
  const receipt = receiptId(id, 'stake', 1, TRUE)
  expect(await readReceipts(ann, oracle, receipt, ben.account.address)).toBe(7n)
})

test('says that a round is stale, and where to look', async () => {
  const { oracle } = stage.deployments
  await propose(ann, oracle, fixing, { value: FALSE, maxBond: BOND })
  await contribute(ben, oracle, fixing, { round: 1, value: TRUE, amount: ETHER })
  const nonce = await ben.publicClient.getTransactionCount({ address: ben.account.address })
  const refusal = await refusalOf(contribute(ben, oracle, fixing, { round: 1, value: 2n * TRUE, amount: ETHER }))
  expect(refusal).toMatchObject({
    errorName: 'StaleRound',
    args: [1, 2],
    message: 'Expected round 2, got round 1: the leader has changed since.',
    hint: 'Read where the fixing stands with assize status, then decide again.',
  })
  // Nothing lost: no transaction left.
  expect(await ben.publicClient.getTransactionCount({ address: ben.account.address })).toBe(nonce)
})

test('says that a value is inside the separation, and which candidate to stake on', async () => {
  const { oracle } = stage.deployments
  await propose(ann, oracle, fixing, { value: TRUE, maxBond: BOND })
  const near = TRUE + TRUE / 2_000n
  const refusal = await refusalOf(contribute(ben, oracle, fixing, { round: 1, value: near, amount: ETHER }))
  expect(refusal).toMatchObject({
    errorName: 'NotSeparated',
    args: [near, TRUE],
    message: 'Expected a value at least the separation away from every candidate, got 2501.25 beside 2500.',
    hint: 'Stake on candidate 2500 instead.',
  })
})

test('names phase, bond, leader and parameter when those refuse', async () => {
  const { oracle } = stage.deployments
  const late = { ...fixing, maturity: MATURITY * 2n }
  expect(await refusalOf(propose(ann, oracle, late, { value: TRUE, maxBond: BOND }))).toMatchObject({
    message: 'Expected a fixing that is open, got one that is pending.',
  })
  expect(await refusalOf(propose(ann, oracle, fixing, { value: TRUE, maxBond: 1n }))).toMatchObject({
    message: `Expected a bond of at most 1 wei, got ${BOND} wei.`,
  })
  expect(await refusalOf(request(ann, oracle, fixing))).toMatchObject({ errorName: 'GraceRunning' })
  await propose(ann, oracle, fixing, { value: TRUE, maxBond: BOND })
  expect(await refusalOf(contribute(ben, oracle, fixing, { round: 1, value: TRUE, amount: 1n }))).toMatchObject({
    message: 'Expected a value that does not lead, got 2500, which leads.',
  })
  expect(await refusalOf(create(ann, oracle, { ...fixing, window: 1 }))).toMatchObject({
    message: 'Expected window within 600 .. 2592000, got 1.',
    hint: 'Change window in the fixing; docs/spec.md lists every bound.',
  })
  expect(await refusalOf(claim(ann, oracle, fixing, { kind: 'stake', round: 0, value: TRUE }))).toMatchObject({
    errorName: 'NotSettled',
  })
})

test('says what is missing when the token refuses without a reason', async () => {
  const poor = await stage.as('poor')
  const { oracle } = stage.deployments
  await expect(fund(poor, oracle, fixing, 1_000n * ETHER)).rejects.toMatchObject({
    name: 'Client.SilentRevertError',
    message: 'Expected fund to succeed, got a revert without a reason.',
    hint: 'Check the balance and the allowance of the bond token.',
  })
})

test('gives transactions sent at once their nonces in turn', async () => {
  const { oracle } = stage.deployments
  const receipts = await Promise.all([1n, 2n, 3n].map((amount) => fund(ann, oracle, fixing, amount)))
  expect(new Set(receipts.map(({ transactionHash }) => transactionHash)).size).toBe(3)
})

test('quotes the bond of the current open interest (R-201)', async () => {
  expect(await readBond(ann, stage.deployments.oracle, fixing)).toBe(BOND)
})
