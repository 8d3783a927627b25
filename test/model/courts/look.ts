import type { Address, Hex } from 'viem'
import { encode } from '../arena.ts'
import type { Look } from '../lens.ts'
import { INVALID, PHASES } from '../terms.ts'
import type { CourtArena } from './arena.ts'
import type { CourtStage } from './stage.ts'

type Expected = Look<CourtStage>['expected']

/** Every view of the arbitrator and of what the oracle says of its fixings, and what everybody has. */
export function looksAt(arena: CourtArena, stage: CourtStage): Look<CourtStage>[] {
  const { world, artifacts } = arena
  const seer = new Seer(arena, stage.arbitrator.terms.address)
  const { fixings, ids } = stage.oracle
  seer.seeCouncil(fixings.length, ids)
  for (const [index, fixing] of fixings.entries()) {
    seer.see(`costOfCorruption of ${index}`, 'costOfCorruption', [fixing], ({ arbitrator }) => [
      arbitrator.costOfCorruption(index),
    ])
    const phase: Expected = ({ oracle }) => [BigInt(PHASES.indexOf(oracle.dispute(index).phase(oracle.now)))]
    seer.add(`phase of ${index}`, world.oracle, encode(artifacts.oracle.abi, 'phase', [fixing]), phase)
    const data = encode(artifacts.oracle.abi, 'settlementOf', [ids[index]])
    seer.add(`settlement of ${index}`, world.oracle, data, ({ oracle }) => {
      const dispute = oracle.dispute(index)
      const settlement = dispute.arbitratedAt > 0n || dispute.round > 0 ? dispute.settlement(oracle.now) : undefined
      return [settlement === undefined ? 0n : 1n, settlement ?? 0n]
    })
  }
  for (const account of [...world.funds.keys(), stage.arbitrator.terms.address, world.oracle]) {
    const data = encode(artifacts.token.abi, 'balanceOf', [account])
    seer.add(`tokens of ${account}`, world.token, data, ({ oracle }) => [oracle.fundsOf(account)])
  }
  return seer.looks
}

/** Collects views with what the model answers. */
class Seer {
  readonly looks: Look<CourtStage>[] = []
  private readonly arena: CourtArena
  private readonly address: Address

  constructor(arena: CourtArena, address: Address) {
    this.arena = arena
    this.address = address
  }

  seeCouncil(fixings: number, ids: readonly Hex[]): void {
    this.see('THRESHOLD', 'THRESHOLD', [], ({ arbitrator }) => [arbitrator.terms.threshold])
    for (const account of this.arena.world.funds.keys()) {
      this.see(`owed to ${account}`, 'owed', [account], ({ arbitrator }) => [arbitrator.owedTo(account)])
    }
    for (let index = 0; index < fixings; index += 1) {
      this.see(`rulingDigest of ${index}`, 'rulingDigest', [ids[index], INVALID], ({ arbitrator }) => {
        return [BigInt(arbitrator.digest(index, INVALID))]
      })
    }
  }

  /** A view of the arbitrator. */
  see(what: string, name: string, args: readonly unknown[], expected: Expected): void {
    this.add(what, this.address, encode(this.arena.artifacts.council.abi, name, args), expected)
  }

  add(what: string, to: Address, data: Hex, expected: Expected): void {
    this.looks.push({ what, to, data, expected })
  }
}
