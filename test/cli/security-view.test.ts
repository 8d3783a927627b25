import type { Address } from 'viem'
import { expect, test } from 'vitest'
import { ETHER } from '../../cli/format.ts'
import { securityDocument, securityLines, securityWarnings } from '../../cli/fixing/security-view.ts'

const ETH = 10n ** 18n
const TOKEN = ETHER
const UNSURE = 'It is not known to be safe for what depends on it: ask another endpoint before you rely on it.'

test('warns when more depends on a fixing than it is safe for', () => {
  const security = { securedUpTo: 5n * ETH, openInterest: 6n * ETH, foreign: [] }
  expect(securityWarnings(security, TOKEN)).toEqual([
    'More depends on it than it is safe for: 6 ETH, secured up to 5 ETH.',
  ])
  expect(securityWarnings({ ...security, openInterest: 5n * ETH }, TOKEN)).toEqual([])
})

test('says of which arbitrators nothing can come', () => {
  const foreign: readonly Address[] = [`0x${'aa'.repeat(20)}`, `0x${'bb'.repeat(20)}`]
  const security = { securedUpTo: 0n, openInterest: 6n * ETH, foreign }
  expect(securityWarnings(security, TOKEN)).toEqual([
    'Its arbitrators are of another oracle: they can never rule on it, and it is secured up to nothing.',
  ])
  expect(securityWarnings({ ...security, foreign: foreign.slice(1) }, TOKEN)).toEqual([
    `0x${'bb'.repeat(20)} is of another oracle: it can never rule on it, and it is secured up to nothing.`,
  ])
  expect(securityDocument(security)['ofAnotherOracle']).toEqual(foreign)
})

test('says what is not known instead of a number, and warns of it', () => {
  const security = { securedUpTo: undefined, openInterest: 3n * ETH, foreign: [] }
  expect(securityLines(security, TOKEN)).toEqual([
    'secured   not known: the endpoint does not say',
    'at stake  3 ETH of open interest',
    UNSURE,
  ])
  expect(securityWarnings({ ...security, securedUpTo: 5n * ETH, openInterest: undefined }, TOKEN)).toEqual([UNSURE])
  expect(securityWarnings({ ...security, securedUpTo: 0n, openInterest: undefined }, TOKEN)).toEqual([
    'Its arbitrators secure nothing: no vault takes collateral for it.',
  ])
  expect(securityDocument(security)).toEqual({ securedUpTo: null, openInterest: `${3n * ETH}`, ofAnotherOracle: [] })
})

test('says of open interest that cannot be read that nobody can propose, whatever else is wrong', () => {
  const unreadable =
    'Its open interest cannot be read: while that is so nobody can propose a value, and nothing should depend on it.'
  const security = { securedUpTo: 5n * ETH, openInterest: 'unreadable', foreign: [] } as const
  expect(securityLines(security, TOKEN)).toEqual([
    'secured   up to 5 ETH, by what its arbitrators say of themselves',
    'at stake  not readable: the source of the open interest gives no number',
    unreadable,
  ])
  expect(securityWarnings({ ...security, securedUpTo: undefined }, TOKEN)).toEqual([unreadable])
  expect(securityWarnings({ ...security, securedUpTo: 0n }, TOKEN)).toEqual([
    'Its arbitrators secure nothing: no vault takes collateral for it.',
    unreadable,
  ])
  expect(securityWarnings({ ...security, foreign: [`0x${'aa'.repeat(20)}`] }, TOKEN).slice(1)).toEqual([unreadable])
  expect(securityDocument(security)).toMatchObject({ openInterest: 'unreadable' })
})
