import type { Address, Hex } from 'viem'
import { describe, expect, test } from 'vitest'
import { blockAt, connect, connectThrough, type WritableChain } from '#client/chain.ts'
import { readAttestation } from '#client/attestation.ts'
import { oracleEvents, potsOf, readCreated } from '#client/fixing-log.ts'
import { readBond, readFixing, readPot } from '#client/oracle-reader.ts'
import { claimCall, receiptTransferCall, stakeCall } from '#client/oracle-writer.ts'
import { prospectsOf, quoteContribution, refusalOf, takenOf } from '#client/quote.ts'
import { readHoldings, tryClaim } from '#client/receipts.ts'
import { claimReward, claimRewardCall, claimRewardsCall } from '#client/rewards.ts'
import { readSettlement } from '#client/settlement.ts'
import { legId, readLegs, readSeries } from '#client/vault.ts'
import { formatValue, parseDecimal, parseValue } from '#protocol/decimal.ts'
import { DEFAULT_PARAMETERS, type Fixing, receiptId } from '#protocol/fixing.ts'
import { oddsOf } from '#protocol/odds.ts'
import { appealProspects, contributionProspects, longestLock, stakeProspects } from '#protocol/prospects.ts'

const AT: Address = `0x${'a1'.repeat(20)}`
const ID: Hex = `0x${'12'.repeat(32)}`
const FIXING: Fixing = {
  ...DEFAULT_PARAMETERS,
  indexId: ID,
  maturity: 1_735_689_600n,
  arbitrator: `0x${'a2'.repeat(20)}`,
  backup: `0x${'a3'.repeat(20)}`,
  openInterest: `0x${'00'.repeat(20)}`,
}
const STAKED = { round: 1, value: 1n, amount: 1n }
const ATTESTED = { value: 1n, signers: 1n }
const BID = { kind: 'contribute', value: 1n, amount: 1n }
const MOVE = { stand: { round: 1, leader: 0, stakes: [100n] }, candidate: 1, amount: 1n, arbitrationFee: 1n }
const RECEIPT = { kind: 'stake', round: 0, value: 1n }

/** Nothing may be asked of it. */
const SILENT = new Proxy({}, { get: () => () => expect.fail('asked an endpoint') })
const CHAIN = { rpcUrl: 'nowhere', chainId: 1, publicClient: SILENT } as unknown as WritableChain // nothing else is looked at

/** A function as JavaScript calls it. */
type Loose = (...args: never[]) => unknown
const loose = (run: Loose): ((...args: readonly unknown[]) => unknown) =>
  run as (...args: readonly unknown[]) => unknown

/** What is said of the call, whether at once or by the promise that it gives. */
async function saidOf(run: Loose, args: readonly unknown[]): Promise<unknown> {
  try {
    await loose(run)(...args)
  } catch (error) {
    return error
  }
  return 'an answer'
}

type Case = readonly [name: string, run: Loose, args: readonly unknown[], want: string]

const DEPTH = "depth to be 'finalized', { confirmations } or { blockHash }, of 32 bytes"
const BLOCK = 'at to be the number of a block, a bigint, or a block with its number and hash'
const KIND = "kind to be 'stake' or 'appeal' or 'request' or 'fund'"
const BID_KIND = "kind to be 'contribute' or 'appeal'"

const CASES: readonly Case[] = [
  ['receiptId', receiptId, [ID, 'bond', 0, 1n], `${KIND}, got "bond"`],
  ['receiptId', receiptId, [ID, 'toString', 0, 1n], `${KIND}, got "toString"`],
  ['receiptId', receiptId, [ID, 'stake', true, 1n], 'round to be a whole number from 0 to 255, got the boolean true'],
  ['claimCall', claimCall, [AT, FIXING, { ...RECEIPT, kind: 'STAKE' }], `${KIND}, got "STAKE"`],
  ['receiptTransferCall', receiptTransferCall, [AT, ID, { round: 0, value: 1n }, {}], `${KIND}, got undefined`],
  ['readPot', readPot, [CHAIN, AT, FIXING, { ...RECEIPT, kind: 0 }], `${KIND}, got the number 0`],
  ['readHoldings', readHoldings, [CHAIN, AT, { id: ID, receipts: [{}] }, AT, 1], `${BLOCK}, got the number 1`],
  ['tryClaim', tryClaim, [CHAIN, AT, FIXING, { ...RECEIPT, kind: null }, AT], `${KIND}, got null`],
  ['stakeCall', stakeCall, [AT, 'claim', FIXING, STAKED], "functionName to be 'contribute' or 'appeal', got \"claim\""],
  ['legId', legId, [ID, 'X'], "leg to be 'P' or 'N', got \"X\""],
  ['oddsOf', oddsOf, [[], 'deadline'], "by to be 'timeout' or 'ruling', got \"deadline\""],
  [
    'longestLock',
    longestLock,
    [FIXING, { kind: 'stake', round: 1 }],
    "kind to be 'proposal' or 'contribution' or 'appeal', got \"stake\"",
  ],
  [
    'longestLock',
    longestLock,
    [FIXING, { kind: 'contribution', round: 4 }],
    'round to be a whole number from 1 to 3, got the number 4',
  ],
  [
    'contributionProspects',
    contributionProspects,
    [{ ...MOVE, candidate: 2 }],
    'candidate to be a whole number from 0 to 1, got the number 2',
  ],
  [
    'stakeProspects',
    stakeProspects,
    [{ ...MOVE, candidate: undefined }],
    'candidate to be a whole number from 0 to 1, got undefined',
  ],
  [
    'appealProspects',
    appealProspects,
    [{ ...MOVE, stand: { ...MOVE.stand, leader: 1 } }],
    'leader to be a whole number from 0 to 0, got the number 1',
  ],
  [
    'stakeProspects',
    stakeProspects,
    [{ ...MOVE, stand: { ...MOVE.stand, round: 5 } }],
    'round to be a whole number from 1 to 4, got the number 5',
  ],
  [
    'claimRewardCall',
    claimRewardCall,
    [AT, FIXING, { ...ATTESTED, place: 256 }],
    'place to be a whole number from 0 to 255, got the number 256',
  ],
  [
    'claimRewardsCall',
    claimRewardsCall,
    [AT, FIXING, { ...ATTESTED, places: [-1] }],
    'place to be a whole number from 0 to 255, got the number -1',
  ],
  [
    'claimReward',
    claimReward,
    [CHAIN, AT, FIXING, { ...ATTESTED, place: '3' }],
    'place to be a whole number from 0 to 255, got "3"',
  ],
  ['quoteContribution', quoteContribution, [CHAIN, AT, FIXING, { ...BID, kind: 'bet' }], `${BID_KIND}, got "bet"`],
  [
    'quoteContribution',
    quoteContribution,
    [CHAIN, AT, FIXING, { ...BID, amount: 'all' }],
    'amount to be a bigint or \'rest\', got "all"',
  ],
  [
    'quoteContribution',
    quoteContribution,
    [CHAIN, AT, FIXING, { ...BID, value: 2500 }],
    'value to be a bigint, got the number 2500',
  ],
  ['refusalOf', refusalOf, [{ ...BID, kind: undefined }, {}], `${BID_KIND}, got undefined`],
  ['takenOf', takenOf, [{}, { filled: 0n, need: 1n }], "amount to be a bigint or 'rest', got undefined"],
  ['prospectsOf', prospectsOf, [{ ...BID, kind: 'stake' }, {}, {}], `${BID_KIND}, got "stake"`],
  ['readSettlement', readSettlement, [CHAIN, AT, FIXING, {}], `${DEPTH}, got an object of nothing`],
  ['readSettlement', readSettlement, [CHAIN, AT, FIXING, undefined], `${DEPTH}, got undefined`],
  ['readSettlement', readSettlement, [CHAIN, AT, FIXING, null], `${DEPTH}, got null`],
  ['readSettlement', readSettlement, [CHAIN, AT, FIXING, 'latest'], `${DEPTH}, got "latest"`],
  ['readSettlement', readSettlement, [CHAIN, AT, FIXING, 12n], `${DEPTH}, got the bigint 12`],
  ['readSettlement', readSettlement, [CHAIN, AT, FIXING, { blockHash: 5n }], `${DEPTH}, got an object of blockHash`],
  [
    'readSettlement',
    readSettlement,
    [CHAIN, AT, FIXING, { blockHash: undefined }],
    `${DEPTH}, got an object of blockHash`,
  ],
  [
    'readSettlement',
    readSettlement,
    [CHAIN, AT, FIXING, { confirmations: 12 }],
    'confirmations to be a bigint of at least 0, got the number 12',
  ],
  [
    'readSettlement',
    readSettlement,
    [CHAIN, AT, FIXING, { confirmations: -1n }],
    'confirmations to be a bigint of at least 0, got the bigint -1',
  ],
  ['readFixing', readFixing, [CHAIN, AT, FIXING, {}], `${BLOCK}, got an object of nothing`],
  ['readFixing', readFixing, [CHAIN, AT, FIXING, 'latest'], `${BLOCK}, got "latest"`],
  ['readBond', readBond, [CHAIN, AT, FIXING, 19_000_000], `${BLOCK}, got the number 19000000`],
  ['readLegs', readLegs, [CHAIN, AT, ID, AT, null], `${BLOCK}, got null`],
  ['blockAt', blockAt, [CHAIN, undefined], 'which to be the number of a block, a bigint, or its hash, got undefined'],
  ['oracleEvents', oracleEvents, [CHAIN, AT, {}], 'fromBlock to be a bigint of at least 0, got undefined'],
  ['readCreated', readCreated, [CHAIN, AT, '0'], 'fromBlock to be a bigint of at least 0, got "0"'],
  [
    'readSeries',
    readSeries,
    [CHAIN, AT, { fromBlock: 0n, toBlock: 9 }],
    'toBlock to be a bigint of at least 0, got the number 9',
  ],
  [
    'readAttestation',
    readAttestation,
    [CHAIN, AT, ID, { fromBlock: -1n }],
    'fromBlock to be a bigint of at least 0, got the bigint -1',
  ],
  ['potsOf', potsOf, [[], ID, '1'], 'round to be a whole number from 0 to 4, got "1"'],
  ['parseDecimal', parseDecimal, [2500.1], 'a decimal number to be text, got the number 2500.1'],
  ['parseValue', parseValue, [undefined], 'a decimal number to be text, got undefined'],
  ['formatValue', formatValue, [2500], 'a value to be a bigint, got the number 2500'],
]

describe('what JavaScript hands over that is no such argument is refused, and named:', () => {
  test.each(CASES)('%s %#', async (_name, run, args, want) => {
    expect(await saidOf(run, args)).toMatchObject({
      name: 'Argument.ArgumentError',
      message: `Expected ${want}.`,
    })
  })

  const TIME = 'to be a whole number from 1 to 2147483647'
  test.each([
    ['timeoutMs', 0, 'the number 0'],
    ['timeoutMs', Number.NaN, 'the number NaN'],
    ['timeoutMs', '10', '"10"'],
    ['timeoutMs', 2 ** 31, 'the number 2147483648'],
    ['pollingMs', Number.NaN, 'the number NaN'],
  ])('%s of connect, %s', async (what, got, shown) => {
    const url = 'http://127.0.0.1:1'
    const open = loose(what === 'timeoutMs' ? connect : connectThrough)
    const options = { rpcUrl: url, provider: { request: () => Promise.resolve('0x1') }, [what]: got }
    await expect(open(options)).rejects.toMatchObject({
      name: 'Argument.ArgumentError',
      message: `Expected ${what} ${TIME}, got ${shown}.`,
    })
  })
})

test('the same functions answer what they are for', () => {
  expect(legId(ID, 'P')).not.toBe(legId(ID, 'N'))
  expect(stakeCall(AT, 'appeal', FIXING, STAKED).name).toBe('appeal')
  expect(claimRewardsCall(AT, FIXING, { ...ATTESTED, places: [0, 255] }).data).toMatch(/80{62}1$/)
  expect(stakeProspects({ ...MOVE, candidate: 0 }).length).toBeGreaterThan(3)
  expect(() => potsOf([], ID, 4)).not.toThrow()
})
