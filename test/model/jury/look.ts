import { encode } from '../arena.ts'
import type { JuryArtifacts } from '../artifacts.ts'
import type { Look } from '../lens.ts'
import type { JuryModel } from './jury-model.ts'
import { type Case, NOBODY, type Seat, STAGES } from './stakes.ts'
import type { Bench } from './terms.ts'

const ALL = 2n ** 256n - 1n

/** Every view of the jury, of every fixing and party; and what everybody has. */
export function looksAt(bench: Bench, { jury, token }: JuryArtifacts): Look<JuryModel>[] {
  const view = (what: string, args: readonly unknown[], expected: Look<JuryModel>['expected']): Look<JuryModel> => {
    return { what: `${what}(${args.join(', ')})`, to: bench.jury, data: encode(jury.abi, what, args), expected }
  }
  const accounts = [...bench.parties, bench.jury, bench.sink]
  return [
    view('poolSize', [], ({ state }) => [BigInt(state.pool.length)]),
    view('pool', [0n, ALL], ({ state }) => listOf(state.pool.map(BigInt))),
    view('pool', [1n, 2n], ({ state }) => listOf(state.pool.slice(1, 3).map(BigInt))),
    view('returnedSize', [], ({ state }) => [BigInt(state.returned.length)]),
    view('returned', [0n, ALL], ({ state }) => listOf(state.returned.map(BigInt))),
    view('returned', [1n, 2n], ({ state }) => listOf(state.returned.slice(1, 3).map(BigInt))),
    view('waiting', [], ({ state }) => listOf(state.queue.map((index) => BigInt(bench.fixings[index]?.id ?? 0)))),
    ...bench.fixings.flatMap(({ id, fixing }, index) => [
      view('caseOf', [id], (model) => caseWords(model.caseAt(index))),
      ...([0, 1] as const).map((round) =>
        view('seatsOf', [id, round], (model) => seatWords(model.caseAt(index).seats[round])),
      ),
      { ...view('costOfCorruption', [fixing], (model) => [model.costOfCorruption(index)]), what: `cost ${index}` },
    ]),
    ...bench.parties.flatMap((party) => [
      view('newcomer', [party], ({ state }) => {
        const { count, admitTime } = state.newcomers.get(party) ?? { count: 0, admitTime: 0n }
        return [BigInt(count), admitTime]
      }),
      view('idle', [party], ({ state }) => [state.idle.get(party) ?? 0n]),
      view('voterOf', [party], ({ state }) => [BigInt(state.voters.get(party) ?? NOBODY)]),
    ]),
    ...accounts.map((account) => ({
      what: `balance of ${account}`,
      to: bench.token,
      data: encode(token.abi, 'balanceOf', [account]),
      expected: ({ state }: JuryModel) => [state.balances.get(account) ?? 0n],
    })),
  ]
}

/** What the jury owes: to jurors and clerks, for stakes wherever they are, and to whoever earns what was forfeited. */
export function owed({ state, bench }: JuryModel): bigint {
  const newcomers = [...state.newcomers.values()].reduce((sum, { count }) => sum + count, 0)
  const stakes = BigInt(newcomers + state.pool.length + state.returned.length + state.seated) * bench.terms.seatStake
  const idle = [...state.idle.values()].reduce((sum, amount) => sum + amount, 0n)
  return stakes + idle + state.cases.reduce((sum, { forfeited }) => sum + forfeited, 0n)
}

function listOf(items: readonly bigint[]): bigint[] {
  return [32n, BigInt(items.length), ...items]
}

function caseWords({ stage, round, seedBlock, commitEnd, revealEnd, drawer, forfeited }: Case): bigint[] {
  return [BigInt(STAGES.indexOf(stage)), BigInt(round), seedBlock, commitEnd, revealEnd, BigInt(drawer), forfeited]
}

function seatWords(seats: readonly Seat[]): bigint[] {
  const words = seats.flatMap(({ juror, isRevealed, vote }) => [BigInt(juror), isRevealed ? 1n : 0n, vote])
  return [32n, BigInt(seats.length), ...words]
}
