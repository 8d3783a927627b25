import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const ROWS = [...readFileSync('docs/glossary.md', 'utf8').matchAll(/^\| (?!term|---)(.*?) \| (.*) \|$/gm)]
const TERMS = ROWS.flatMap(([, term = '']) => term.replaceAll(/ \([^)]*\)/g, '').split(/, | and /))

/** The words that the protocol is told in. */
const WORDS =
  'index, fixing, series, observation, report, candidate, leader, proposal, pot, contribution, appeal, arbitrator, ruling, ' +
  'settlement, value, INVALID, maturity, bond, claim, receipt, reporter, peer, split, merge, redeem, separation, band, jury, seat'

test('docs/glossary.md has every word of the protocol, once, with a meaning', () => {
  expect(WORDS.split(', ').filter((word) => !TERMS.includes(word))).toEqual([])
  expect(TERMS.filter((term, i) => TERMS.indexOf(term) !== i)).toEqual([])
  expect(ROWS.filter(([, , meaning = '']) => meaning.length < 10).map(([, term]) => term)).toEqual([])
})
