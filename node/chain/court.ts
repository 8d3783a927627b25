import { type Address, type Hex, keccak256 } from 'viem'
import { HeaderUnknownError, readHeader } from '#client/block-header.ts'
import type { Chain } from '#client/chain.ts'
import { type Bench, openedCases, readStanding, readVoters, readWaiting } from '#client/juror.ts'
import { readCase, readJuryTerms, readPool, readReturned, readSeats, readStaked } from '#client/jury.ts'
import { seatedRound } from '#protocol/jury-case.ts'
import type { Circle } from './circle.ts'
import type { CourtReads } from './court-port.ts'
import { reached } from './reached.ts'

/** A jury as one endpoint shows it, for `account`. */
export function courtOf(chain: Chain, bench: Bench, account: Address | undefined): CourtReads {
  const { jury } = bench
  return {
    terms: () => readJuryTerms(chain, jury),
    opened: (fromBlock, toBlock) => openedCases(chain, bench, { fromBlock, toBlock }),
    async trial(id, atBlock) {
      const state = await readCase(chain, jury, id, atBlock)
      const seats = state.seedBlock === 0n ? [] : await readSeats(chain, jury, id, seatedRound(state), atBlock)
      return { state, seats }
    },
    seats: (id, round, atBlock) => readSeats(chain, jury, id, round, atBlock),
    waiting: (atBlock) => readWaiting(chain, jury, atBlock),
    pool: (atBlock) => readPool(chain, jury, atBlock),
    returned: (atBlock) => readReturned(chain, jury, atBlock),
    staked: (seats, ids, atBlock) => readStaked(chain, jury, { seats, ids }, atBlock),
    voters: (jurors, atBlock) => readVoters(chain, jury, jurors, atBlock),
    header: (number) => readHeader(chain, number),
    idle: async () => (account === undefined ? 0n : (await readStanding(chain, jury, account)).idle),
  }
}

/** A jury as as many endpoints as must agree, `agreement`, show it. */
export function agreedCourt(
  { agreed, poll, any }: Pick<Circle, 'agreed' | 'poll' | 'any'>,
  jury: Address,
  agreement: number,
): CourtReads {
  return {
    terms: () => agreed('the terms of a jury', (port) => port.court(jury).terms()),
    opened: (from, to) => agreed(`the cases of blocks ${from} to ${to}`, (port) => port.court(jury).opened(from, to)),
    trial: (id, at) => agreed(`a case at block ${at}`, (port) => port.court(jury).trial(id, at)),
    seats: (id, round, at) =>
      agreed(`the seats of round ${round} at block ${at}`, (port) => port.court(jury).seats(id, round, at)),
    waiting: (at) => agreed(`the cases that wait at block ${at}`, (port) => port.court(jury).waiting(at)),
    pool: (at) => agreed(`the pool of a jury at block ${at}`, (port) => port.court(jury).pool(at)),
    returned: (at) => agreed(`the returned stakes of a jury at block ${at}`, (port) => port.court(jury).returned(at)),
    staked: (seats, ids, at) =>
      agreed(`the size of a pool at block ${at}`, (port) => port.court(jury).staked(seats, ids, at)),
    voters: (jurors, at) =>
      agreed(`the voters of jurors at block ${at}`, (port) => port.court(jury).voters(jurors, at)),
    async header(number) {
      // It proves itself: the first that hashes to the block's hash will do, whoever else has none.
      const { hash } = await agreed(`block ${number}`, (port) => port.block(number))
      const isIt = (header: Hex): boolean => keccak256(header) === hash
      const header = (await any((port) => port.court(jury).header(number), isIt)).find(isIt)
      if (header === undefined) throw new HeaderUnknownError(number, 'none that hashes to its hash')
      return header
    },
    async idle() {
      return reached((await poll((port) => port.court(jury).idle())).answers, agreement)
    },
  }
}
