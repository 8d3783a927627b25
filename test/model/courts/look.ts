import type { Abi, Address } from 'viem'
import { encode } from '../arena.ts'
import type { Look } from '../lens.ts'
import { INVALID, PHASES } from '../terms.ts'
import type { CourtArena } from './arena.ts'
import { arbitratorAbi } from './calldata.ts'
import { CouncilModel } from './council-model.ts'
import type { Erc792Model } from './erc792-model.ts'
import type { CourtStage } from './stage.ts'
import { UmaModel } from './uma-model.ts'

type CourtLook = Look<CourtStage>
type Expected = CourtLook['expected']

/** Every view of the arbitrator and of what the oracle says of its fixings, and what everybody has. */
export function looksAt(arena: CourtArena, stage: CourtStage): CourtLook[] {
  const { world, artifacts } = arena
  const { fixings, ids } = stage.oracle
  const { address } = stage.arbitrator.terms
  const abi = arbitratorAbi({ artifacts, terms: stage.arbitrator.terms })
  const views = fixings.flatMap((fixing, index) => [
    look(`cost of corruption for ${index}`, address, abi, 'costOfCorruption', [fixing], ({ arbitrator }) => [
      arbitrator.costOfCorruption(index),
    ]),
    look(`phase of ${index}`, world.oracle, artifacts.oracle.abi, 'phase', [fixing], ({ oracle }) => [
      BigInt(PHASES.indexOf(oracle.dispute(index).phase(oracle.now))),
    ]),
    look(`settlement of ${index}`, world.oracle, artifacts.oracle.abi, 'settlementOf', [ids[index]], ({ oracle }) => {
      const dispute = oracle.dispute(index)
      const settlement = dispute.arbitratedAt > 0n || dispute.round > 0 ? dispute.settlement(oracle.now) : undefined
      return [settlement === undefined ? 0n : 1n, settlement ?? 0n]
    }),
  ])
  const tokens = accountsOf(arena, stage).map((account) =>
    look(`tokens of ${account}`, world.token, artifacts.token.abi, 'balanceOf', [account], ({ oracle }) => [
      oracle.fundsOf(account),
    ]),
  )
  return [...ownLooks(arena, stage, abi), ...views, ...tokens]
}

/** The views that come with a history: of what was asserted at UMA. */
export function newLooksAt({ artifacts }: CourtArena, { arbitrator }: CourtStage): CourtLook[] {
  if (!(arbitrator instanceof UmaModel)) return []
  return [...arbitrator.assertions.values()].map(({ id, fixing, asserter, value }) =>
    look(`assertion ${id}`, arbitrator.terms.address, artifacts.uma.abi, 'assertionOf', [id], ({ oracle }) =>
      fixing === undefined ? [0n, 0n, 0n] : [BigInt(oracle.id(fixing)), BigInt(asserter), value],
    ),
  )
}

/** What only this kind of arbitrator shows. */
function ownLooks(arena: CourtArena, { arbitrator, oracle: { ids } }: CourtStage, abi: Abi): CourtLook[] {
  const see = (name: string, args: readonly unknown[], expected: () => bigint[]): CourtLook => {
    return look(`${name}(${args.join(', ')})`, arbitrator.terms.address, abi, name, args, expected)
  }
  if (arbitrator instanceof CouncilModel) {
    const holders = [...arena.world.funds.keys()]
    return [
      see('THRESHOLD', [], () => [arbitrator.terms.threshold]),
      ...holders.map((account) => see('owed', [account], () => [arbitrator.owedTo(account)])),
      ...ids.map((id, index) => see('rulingDigest', [id, INVALID], () => [BigInt(arbitrator.digest(index, INVALID))])),
    ]
  }
  if (arbitrator instanceof UmaModel) {
    const cases = ids.map((id, index) => {
      return see('caseOf', [id], () => [BigInt(arbitrator.caseAt(index).asserter), arbitrator.caseAt(index).value])
    })
    return [see('price', [], () => [arbitrator.price()]), ...cases]
  }
  const cases = ids.map((id, index) =>
    see('caseOf', [id], () => {
      const { opener, isRuled, value, disputeId } = arbitrator.caseAt(index)
      return [BigInt(opener), isRuled ? 1n : 0n, value, disputeId]
    }),
  )
  return [see('price', [], () => [arbitrator.court.cost]), ...cases, ...etherOf(arena, arbitrator)]
}

function etherOf({ world, artifacts }: CourtArena, adapter: Erc792Model): CourtLook[] {
  const { ether, address, court } = adapter.terms
  return [...ether.keys(), address, court].map((account) =>
    look(`ether of ${account}`, world.viewer, artifacts.viewer.abi, 'etherOf', [account], () => [
      adapter.etherOf(account),
    ]),
  )
}

/** Who can have bond token. */
function accountsOf({ world }: CourtArena, { arbitrator: { terms } }: CourtStage): Address[] {
  const courts = terms.kind === 'council' ? [] : terms.kind === 'uma' ? [terms.court, terms.store] : [terms.court]
  return [...world.funds.keys(), world.oracle, terms.address, ...courts]
}

function look(
  what: string,
  to: Address,
  abi: Abi,
  name: string,
  args: readonly unknown[],
  expected: Expected,
): CourtLook {
  return { what, to, data: encode(abi, name, args), expected }
}
