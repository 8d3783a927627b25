import type { Address } from 'viem'
import { readHeader } from '#client/block-header.ts'
import type { Chain } from '#client/chain.ts'
import { type Bench, openedCases, readStanding, readVoters, readWaiting } from '#client/juror.ts'
import { readCase, readJuryTerms, readPool, readSeats } from '#client/jury.ts'
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
      const seats = state.seedBlock === 0n ? [] : await readSeats(chain, jury, id, state.round, atBlock)
      return { state, seats }
    },
    waiting: (atBlock) => readWaiting(chain, jury, atBlock),
    pool: (atBlock) => readPool(chain, jury, atBlock),
    voters: (jurors, atBlock) => readVoters(chain, jury, jurors, atBlock),
    header: (number) => readHeader(chain, number),
    idle: async () => (account === undefined ? 0n : (await readStanding(chain, jury, account)).idle),
  }
}

/** A jury as as many endpoints as must agree, `agreement`, show it. */
export function agreedCourt(
  { agreed, poll }: Pick<Circle, 'agreed' | 'poll'>,
  jury: Address,
  agreement: number,
): CourtReads {
  return {
    terms: () => agreed('the terms of a jury', (port) => port.court(jury).terms()),
    opened: (from, to) => agreed(`the cases of blocks ${from} to ${to}`, (port) => port.court(jury).opened(from, to)),
    trial: (id, at) => agreed(`a case at block ${at}`, (port) => port.court(jury).trial(id, at)),
    waiting: (at) => agreed(`the cases that wait at block ${at}`, (port) => port.court(jury).waiting(at)),
    pool: (at) => agreed(`the pool of a jury at block ${at}`, (port) => port.court(jury).pool(at)),
    voters: (jurors, at) =>
      agreed(`the voters of jurors at block ${at}`, (port) => port.court(jury).voters(jurors, at)),
    header: (number) => agreed(`the header of block ${number}`, (port) => port.court(jury).header(number)),
    async idle() {
      return reached((await poll((port) => port.court(jury).idle())).answers, agreement)
    },
  }
}
