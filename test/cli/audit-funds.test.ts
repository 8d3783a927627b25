import { expect, test } from 'vitest'
import { auditFunds, type FundsEvidence, type Holding } from '../../cli/demo/audit-funds.ts'

const WETH = '0x00000000000000000000000000000000000000AA'
const [TOKEN, ANN, BEN, POT] = [WETH.toLowerCase(), '0xa1', '0xb1', '0xc1']

/** Ann wraps 30 and puts 20 into the pot, which pays 12 to Ben; Ann pays 5 for gas, 3 of them to the miner. */
function evidence(): FundsEvidence & { after: Map<string, Holding> } {
  return {
    weth: WETH,
    before: new Map([
      [ANN, { eth: 100n, weth: 0n }],
      [BEN, { eth: 50n, weth: 0n }],
    ]),
    after: new Map([
      [ANN, { eth: 65n, weth: 10n }],
      [BEN, { eth: 50n, weth: 12n }],
      [POT, { eth: 0n, weth: 8n }],
      [TOKEN, { eth: 30n, weth: 0n }],
      ['0x00', { eth: 3n, weth: 0n }],
    ]),
    movements: [
      { from: undefined, to: ANN, amount: 30n },
      { from: ANN, to: POT, amount: 20n },
      { from: POT, to: BEN, amount: 12n },
    ],
    burned: 2n,
  }
}

test('finds nothing when every wei is where it should be', () => {
  expect(auditFunds(evidence())).toEqual([])
})

test('finds one wei too many or too few on any account, in ETH and in WETH', () => {
  for (const account of evidence().after.keys()) {
    for (const token of ['eth', 'weth'] as const) {
      for (const difference of [1n, -1n]) {
        const changed = evidence()
        const held = changed.after.get(account) ?? { eth: 0n, weth: 0n }
        changed.after.set(account, { ...held, [token]: held[token] + difference })
        expect(auditFunds(changed), `${account} ${token} ${difference}`).not.toEqual([])
      }
    }
  }
})

test('finds a wei that moved without a transfer, though the totals agree', () => {
  const changed = evidence()
  changed.after.set(ANN, { eth: 65n, weth: 9n })
  changed.after.set(BEN, { eth: 50n, weth: 13n })
  expect(auditFunds(changed)).toEqual([
    { what: `wrapped ETH of ${ANN}`, expected: 10n, got: 9n },
    { what: `wrapped ETH of ${BEN}`, expected: 12n, got: 13n },
  ])
})

test('finds a burned fee that is not accounted for', () => {
  expect(auditFunds({ ...evidence(), burned: 1n })).toEqual([
    { what: 'ETH of all accounts and burned fees', expected: 150n, got: 149n },
  ])
})

test('finds an account that appears in no ledger but in a transfer', () => {
  const changed = evidence()
  expect(auditFunds({ ...changed, movements: [...changed.movements, { from: POT, to: '0xd1', amount: 1n }] })).toEqual([
    { what: `wrapped ETH of ${POT}`, expected: 7n, got: 8n },
    { what: 'wrapped ETH of 0xd1', expected: 1n, got: 0n },
  ])
})
